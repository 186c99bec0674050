"""Documentation tools: their rules, and how their configuration is read. Nothing in a configuration is run."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from index.parsing.sites.addresses import base_address, extended
from index.parsing.sites.javascript import JsObject, objects_in
from index.parsing.sites.site import Rules, Site

if TYPE_CHECKING:
    from yaml import SafeLoader

_DEEP = re.compile(r"[\[{](?:\s*[\[{]){99}")

TOOLS: Mapping[str, Rules] = MappingProxyType(
    {
        "mkdocs": Rules(files=True, anchors="python-markdown"),
        "docusaurus": Rules(ending="", names="without numbers", folder_named=True, page_ids=True, partials=True),
        "starlight": Rules(index=("index",), names="slugs", partials=True, slug_is_path=True),
        "hugo": Rules(index=("index", "_index"), names="lower case"),
        "jekyll": Rules(ending=".html", partials=True, files=True),
        "sphinx": Rules(ending=".html", index=("index",), anchors="docutils"),
        # The files themselves, as GitHub shows them.
        "github": Rules(ending="kept", index=(), files=True),
    }
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration file. `folder` is its folder; `has_folder` tells by its path whether there is a folder."""

    folder: str
    text: str
    has_folder: Callable[[str], bool]

    def has(self, folder: str) -> bool:
        """True if there is a folder of that name next to the configuration."""
        return self.has_folder(posixpath.join(self.folder, folder))

    def sites(self, found: Mapping[str, tuple[str, Rules]]) -> list[Site]:
        """Return the sites whose folders of pages, relative to the configuration, exist.

        If none does, the configuration lies among the pages themselves, which are those of the first.
        """
        sites = []
        for content, (base, rules) in found.items():
            root = posixpath.normpath(posixpath.join(self.folder, content.strip("/")))
            if not root.startswith("..") and (root == "." or self.has_folder(root)):
                sites.append(Site("" if root == "." else root, base, rules))
        if not sites:
            sites = [Site(self.folder, base, rules) for base, rules in [*found.values()][:1]]
        return sites


def mkdocs(configuration: Configuration) -> list[Site]:
    """Read `mkdocs.yml`."""
    values = _yaml(configuration.text)
    base = base_address(values.get("site_url"))
    if base is None:
        return []
    version = _version_of_mike(values)
    if version is None:
        return []
    rules = TOOLS["mkdocs"]
    if values.get("use_directory_urls") is False:
        rules = replace(rules, ending=".html")
    extensions = values.get("markdown_extensions")
    for extension in extensions if isinstance(extensions, list) else [extensions]:
        toc = extension.get("toc") if isinstance(extension, dict) else None
        if isinstance(toc, dict) and "pymdownx" in _text(toc, "slugify", ""):
            rules = replace(rules, anchors="pymdownx")
    return configuration.sites({_text(values, "docs_dir", "docs"): (extended(base, version), rules)})


def _version_of_mike(values: Mapping[str, Any]) -> str | None:
    """Return the folder of the version that mike publishes by default; empty without mike, None if it is not said."""
    plugins = values.get("plugins")
    listed = plugins if isinstance(plugins, list) else [plugins]
    options = next((one["mike"] for one in listed if isinstance(one, dict) and "mike" in one), None)
    version = _mapping(_mapping(values, "extra"), "version")
    if options is None and "mike" not in listed and version.get("provider") != "mike":
        return ""
    stated = (options if isinstance(options, dict) else {}).get("canonical_version") or version.get("default")
    return stated if isinstance(stated, str) else None


def docusaurus(configuration: Configuration) -> list[Site]:
    """Read `docusaurus.config.js`: an address for each folder of documents; none for a blog."""
    objects = objects_in(configuration.text)
    # `baseUrl` is required, and stands next to `url`: what is named `url` elsewhere is another address.
    site = next((one for one in objects if "baseUrl" in one.values), None)
    base = base_address(site.text("url")) if site else None
    if site is None or base is None or site.text("baseUrl") is None:
        return []
    base = extended(base, site.text("baseUrl"))
    rules = replace(TOOLS["docusaurus"], ending="/" if site.values.get("trailingSlash") is True else "")
    found: dict[str, tuple[str, Rules]] = {}
    for docs in _docs_of(objects):
        path, route = (docs.values.get("path", "docs"), docs.values.get("routeBasePath", "docs"))
        if isinstance(path, str) and isinstance(route, str):
            names = "as they are" if docs.values.get("numberPrefixParser") is False else rules.names
            address = extended(base, route)
            if docs.text("lastVersion") != "current" and configuration.has(f"{_prefix_of(docs)}versioned_docs"):
                address = extended(address, "next")  # the newest documents are not those of the newest version
            found.setdefault(path, (address, replace(rules, names=names)))
    return configuration.sites(found)


def _prefix_of(docs: JsObject) -> str:
    name = docs.text("id")
    return f"{name}_" if name and name != "default" else ""


def _docs_of(objects: list[JsObject]) -> Iterator[JsObject]:
    """Yield the options of every folder of documents; those of the theme, which name no folder, come last."""
    found = [one for one in objects if one.name == "docs" or one.name.endswith("plugin-content-docs")]
    yield from sorted(found, key=lambda one: not one.values.keys() & {"path", "routeBasePath"})
    if not found:
        yield JsObject("docs", 0)


def astro(configuration: Configuration) -> list[Site]:
    """Read `astro.config.mjs`: pages of Starlight, and those in `src/pages`."""
    objects = objects_in(configuration.text)
    site = next((one for one in objects if "site" in one.values or "integrations" in one.values), None)
    base = base_address(site.text("site")) if site else None
    if site is None or base is None or ("base" in site.values and site.text("base") is None):
        return []
    base = extended(base, site.text("base"))
    rules = replace(TOOLS["starlight"], ending="" if site.text("trailingSlash") == "never" else "/")
    return configuration.sites(
        {"src/content/docs": (base, rules), "src/pages": (base, replace(rules, names="as they are"))}
    )


def hugo(configuration: Configuration) -> list[Site]:
    """Read `hugo.toml`, `hugo.yaml` or a file of an older name; folders with `permalinks` have no addresses."""
    values = {key.lower(): value for key, value in _toml_or_yaml(configuration.text).items()}
    base = base_address(values.get("baseurl"))
    if base is None:
        return []
    rules = replace(TOOLS["hugo"], ending=".html") if values.get("uglyurls") is True else TOOLS["hugo"]
    folder = re.sub(r"(?:^|/)config/_default\Z", "", configuration.folder)
    found: dict[str, tuple[str, Rules]] = {}
    default = _text(values, "defaultcontentlanguage", "en")
    for name, language in _mapping(values, "languages").items():
        options = {str(key).lower(): value for key, value in language.items()} if isinstance(language, dict) else {}
        if isinstance(options.get("contentdir"), str):
            in_root = name == default and values.get("defaultcontentlanguageinsubdir") is not True
            found[options["contentdir"]] = (base if in_root else extended(base, name), rules)
    found = found or {_text(values, "contentdir", "content"): (base, rules)}
    permalinks = _mapping(values, "permalinks")
    pages = permalinks.get("page", permalinks)
    unknown = tuple(sorted(str(name).strip("/") for name in pages)) if isinstance(pages, dict) else ()
    return [replace(site, unknown=unknown) for site in replace(configuration, folder=folder).sites(found)]


def jekyll(configuration: Configuration) -> list[Site]:
    """Read `_config.yml`: pages, and collections that are published."""
    values = _yaml(configuration.text)
    base = base_address(values.get("url"))
    if base is None or "source_dir" in values:  # the latter is a site of Hexo
        return []
    base = extended(base, values.get("baseurl"))
    permalink = _text(values, "permalink", "")
    is_pretty = permalink == "pretty" or permalink.endswith("/")
    rules = replace(TOOLS["jekyll"], ending="/") if is_pretty else TOOLS["jekyll"]
    source = _text(values, "source", ".")
    sites = configuration.sites({source: (base, rules)})
    for name, options in _mapping(values, "collections").items():
        if isinstance(name, str) and isinstance(options, dict) and options.get("output") is True:
            pattern = _text(options, "permalink", "/:collection/:path:output_ext")
            found = _COLLECTION.fullmatch(pattern.replace(":collection", name))
            folder = posixpath.join(source, _text(values, "collections_dir", ""), f"_{name}")
            if found and configuration.has_folder(posixpath.normpath(posixpath.join(configuration.folder, folder))):
                ending = rules if found[2] == ":output_ext" else replace(rules, ending="/" if found[2] == "/" else "")
                sites += configuration.sites({folder: (extended(base, found[1]), ending)})
    return sites


_COLLECTION = re.compile(r"([^:]*/):path(/?|:output_ext)")


def sphinx(configuration: Configuration) -> list[Site]:
    """Read `conf.py`: an `html_baseurl` that is assigned once, to a plain string."""
    assigned = _ASSIGNED.findall(configuration.text)
    plain = _BASE_URL.findall(configuration.text)
    base = base_address(plain[0][1]) if len(assigned) == len(plain) == 1 else None
    return [Site(configuration.folder, base, TOOLS["sphinx"])] if base else []


_ASSIGNED = re.compile(r"\bhtml_baseurl\b(?:\s*:\s*\w+)?\s*=(?!=)")
_BASE_URL = re.compile(
    r"^html_baseurl(?:[ \t]*:[ \t]*str)?[ \t]*=[ \t]*([\"'])([^\"'\\\n]+)\1[ \t]*(?:#.*)?$", re.MULTILINE
)

# The files in which the tools are configured. If several lie in a folder, the first counts.
CONFIGURATIONS: Mapping[str, Callable[[Configuration], list[Site]]] = MappingProxyType(
    {
        **dict.fromkeys(("mkdocs.yml", "mkdocs.yaml"), mkdocs),
        **dict.fromkeys((f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs", "mts")), docusaurus),
        **dict.fromkeys((f"astro.config.{suffix}" for suffix in ("mjs", "js", "ts", "mts", "cjs")), astro),
        **dict.fromkeys((f"{n}.{s}" for n in ("hugo", "config") for s in ("toml", "yaml", "yml")), hugo),
        **dict.fromkeys(("_config.yml", "_config.yaml"), jekyll),
        "conf.py": sphinx,
    }
)


def _yaml(text: str) -> dict[str, Any]:
    """Return the mapping in a YAML file, with the names of tags in place of what they would make; empty without one."""
    import yaml

    if _DEEP.search(text):  # libyaml overflows the stack of the process
        return {}
    try:
        values = yaml.load(text, _yaml_loader())
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):  # an impossible date; a mapping as a key
        return {}
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else {}


@cache
def _yaml_loader() -> type[SafeLoader]:
    """Return a loader that reads any tag as its name; by libyaml, if PyYAML was built with it: ten times as fast."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: type[SafeLoader] = type("Loader", (base,), {})
    loader.add_multi_constructor("", lambda _, name, __: name)
    return loader


def _toml_or_yaml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return _yaml(text)


def _text(values: Mapping[str, Any], key: str, default: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else default


def _mapping(values: Mapping[str, Any], key: str) -> dict[Any, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}
