"""Names of places that contain others: countries, continents, states, and cities with well-known districts."""

from __future__ import annotations

_REGIONS = """
africa, antarctica, asia, europe, north america, south america, central america, oceania, scandinavia, the balkans,
middle east, caribbean, latin america, world, earth,
afghanistan, albania, algeria, andorra, angola, argentina, armenia, australia, austria, azerbaijan, bahamas, bahrain,
bangladesh, barbados, belarus, belgium, belize, benin, bhutan, bolivia, bosnia, botswana, brazil, britain,
great britain, brunei, bulgaria, burkina faso, burma, burundi, cambodia, cameroon, canada, cape verde, chad, chile,
china, colombia, congo, costa rica, croatia, cuba, cyprus, czech republic, czechia, denmark, djibouti, dominica,
dominican republic, ecuador, egypt, el salvador, england, eritrea, estonia, eswatini, ethiopia, fiji, finland, france,
gabon, gambia, georgia, germany, ghana, greece, greenland, grenada, guatemala, guinea, guyana, haiti, holland, honduras,
hungary, iceland, india, indonesia, iran, iraq, ireland, northern ireland, israel, italy, ivory coast, jamaica, japan,
jordan, kazakhstan, kenya, kosovo, kuwait, kyrgyzstan, laos, latvia, lebanon, lesotho, liberia, libya, liechtenstein,
lithuania, luxembourg, madagascar, malawi, malaysia, maldives, mali, malta, mauritania, mauritius, mexico, moldova,
monaco, mongolia, montenegro, morocco, mozambique, myanmar, namibia, nepal, netherlands, new zealand, nicaragua, niger,
nigeria, north korea, south korea, korea, north macedonia, macedonia, norway, oman, pakistan, palestine, panama,
papua new guinea, paraguay, peru, philippines, poland, portugal, qatar, romania, russia, rwanda, samoa, saudi arabia,
scotland, senegal, serbia, sierra leone, singapore, slovakia, slovenia, somalia, south africa, soviet union, spain,
sri lanka, sudan, south sudan, suriname, sweden, switzerland, syria, taiwan, tajikistan, tanzania, thailand, togo,
tunisia, turkey, turkmenistan, uganda, ukraine, united arab emirates, united kingdom, uk, united states,
united states of america, us, usa, uruguay, uzbekistan, vatican city, venezuela, vietnam, wales, yemen, yugoslavia,
zambia, zimbabwe,
alabama, alaska, arizona, arkansas, california, colorado, connecticut, delaware, florida, hawaii, idaho, illinois,
indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota, mississippi, missouri,
montana, nebraska, nevada, new hampshire, new jersey, new mexico, new york, new york city, north carolina, north dakota,
ohio, oklahoma, oregon, pennsylvania, rhode island, south carolina, south dakota, tennessee, texas, utah, vermont,
virginia, washington, west virginia, wisconsin, wyoming, new england, midwest, ontario, quebec, british columbia,
alberta, manitoba, nova scotia, bavaria, saxony, hesse, prussia, catalonia, andalusia, tuscany, sicily, sardinia,
lombardy, normandy, brittany, provence, alsace, burgundy, flanders, wallonia, cornwall, devon, kent, sussex, surrey,
essex, yorkshire, lancashire, norfolk, suffolk, wessex, punjab, kerala, bengal, gujarat, tamil nadu, siberia, crimea,
london, paris, berlin, los angeles, chicago, tokyo, moscow, rome, madrid, vienna
"""
_CONTAINING = frozenset(name.strip() for name in _REGIONS.replace("\n", " ").split(",") if name.strip())


def may_contain_places(name: str) -> bool:
    """True for a country, a continent, a state or a large city, in which another named place may lie."""
    lower = name.lower().removeprefix("the ")
    return lower.replace(".", "") in _CONTAINING
