"""Names of places that contain others: countries, continents, states, and cities with well-known districts."""

from __future__ import annotations


def _names(lines: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()) for name in lines.split(",") if name.strip())


_COUNTRIES = _names(
    """
afghanistan, albania, algeria, andorra, angola, argentina, armenia, australia, austria, azerbaijan, bahamas, bahrain,
bangladesh, barbados, belarus, belgium, belize, benin, bhutan, bolivia, bosnia, botswana, brazil, brunei, bulgaria,
burkina faso, burundi, cambodia, cameroon, canada, cape verde, chad, chile, china, colombia, congo, costa rica,
croatia, cuba, cyprus, czech republic, czechia, denmark, djibouti, dominica, dominican republic, ecuador, egypt, el
salvador, eritrea, estonia, eswatini, ethiopia, fiji, finland, france, gabon, gambia, georgia, germany, ghana, greece,
greenland, grenada, guatemala, guinea, guyana, haiti, honduras, hungary, iceland, india, indonesia, iran, iraq,
ireland, israel, italy, ivory coast, jamaica, japan, jordan, kazakhstan, kenya, kosovo, kuwait, kyrgyzstan, laos,
latvia, lebanon, lesotho, liberia, libya, liechtenstein, lithuania, luxembourg, madagascar, malawi, malaysia,
maldives, mali, malta, mauritania, mauritius, mexico, moldova, monaco, mongolia, montenegro, morocco, mozambique,
myanmar, namibia, nepal, netherlands, new zealand, nicaragua, niger, nigeria, north korea, south korea, north
macedonia, norway, oman, pakistan, panama, papua new guinea, paraguay, peru, philippines, poland, portugal, qatar,
romania, russia, rwanda, samoa, saudi arabia, senegal, serbia, sierra leone, singapore, slovakia, slovenia, somalia,
south africa, spain, sri lanka, sudan, south sudan, suriname, sweden, switzerland, syria, taiwan, tajikistan,
tanzania, thailand, togo, tunisia, turkey, turkmenistan, uganda, ukraine, united arab emirates, united states,
uruguay, uzbekistan, vatican city, venezuela, vietnam, yemen, zambia, zimbabwe
"""
)
# Continents, parts of countries, former countries and other names of countries, and cities with well-known districts.
_CONTAINING = _COUNTRIES | _names(
    """
africa, antarctica, asia, europe, north america, south america, central america, oceania, scandinavia, the balkans,
middle east, caribbean, latin america, world, earth, alabama, alaska, arizona, arkansas, california, colorado,
connecticut, delaware, florida, hawaii, idaho, illinois, indiana, iowa, kansas, kentucky, louisiana, maine, maryland,
massachusetts, michigan, minnesota, mississippi, missouri, montana, nebraska, nevada, new hampshire, new jersey, new
mexico, new york, new york city, north carolina, north dakota, ohio, oklahoma, oregon, pennsylvania, rhode island,
south carolina, south dakota, tennessee, texas, utah, vermont, virginia, washington, west virginia, wisconsin,
wyoming, new england, midwest, ontario, quebec, british columbia, alberta, manitoba, nova scotia, bavaria, saxony,
hesse, prussia, catalonia, andalusia, tuscany, sicily, sardinia, lombardy, normandy, brittany, provence, alsace,
burgundy, flanders, wallonia, cornwall, devon, kent, sussex, surrey, essex, yorkshire, lancashire, norfolk, suffolk,
wessex, punjab, kerala, bengal, gujarat, tamil nadu, siberia, crimea, london, paris, berlin, los angeles, chicago,
tokyo, moscow, rome, madrid, vienna, britain, great britain, burma, england, holland, northern ireland, korea,
macedonia, palestine, scotland, soviet union, united kingdom, uk, united states of america, us, usa, wales, yugoslavia
"""
)


def is_country(name: str) -> bool:
    """True for a country of today by its usual name: two different ones exclude each other."""
    return _normalised(name) in _COUNTRIES


def may_contain_places(name: str) -> bool:
    """True for a country, a continent, a state or a large city, in which another named place may lie."""
    return _normalised(name) in _CONTAINING


def _normalised(name: str) -> str:
    return name.lower().removeprefix("the ").replace(".", "")
