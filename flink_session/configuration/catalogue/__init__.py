"""Every option that a Flink distribution declares, so that a misspelt key or a wrong value is found beforehand.

Flink itself ignores a key that it does not know, without a word. The facts (keys, types, defaults, former keys) are
taken from the classes of each release by ``tests/conformance/record_catalogue.py``; Flink's descriptions are not here.
"""

from flink_session.configuration.catalogue.catalogue import (
    CATALOGUE_SERIES,
    Match,
    OptionCatalogue,
    option_catalogue,
)
from flink_session.configuration.catalogue.data import OptionEntry
from flink_session.configuration.catalogue.jars import JarCatalogue, jar_catalogue
from flink_session.configuration.catalogue.names import NamedOption, UnknownNameError, named_option

__all__ = [
    "CATALOGUE_SERIES",
    "JarCatalogue",
    "Match",
    "NamedOption",
    "OptionCatalogue",
    "OptionEntry",
    "UnknownNameError",
    "jar_catalogue",
    "named_option",
    "option_catalogue",
]
