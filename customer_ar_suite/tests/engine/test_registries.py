"""Every plug-in file is registered, with a unique code and a label."""

import importlib
import pkgutil
from pathlib import Path

from ...engine.errors import EngineError, RowError, UnknownCode
from ...engine.registry import Registered, Registry
from .case import EngineCase

ENGINE = Path(__file__).parents[2] / "engine"
PACKAGE = __name__.rsplit(".tests.", 1)[0] + ".engine"


def registries():
    """All registries found in modules of the engine, by where they stand."""
    for info in pkgutil.walk_packages([str(ENGINE)], f"{PACKAGE}."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, Registry) and name.isupper():
                yield f"{info.name}.{name}", value


class TestRegistries(EngineCase):
    def test_plug_in_folders_register_every_file(self):
        # given a file in a folder of plug-ins, its module defines a registered class
        found = {id(r): r for _name, r in registries()}
        modules = {type(item).__module__ for r in found.values() for item in r}
        for folder in ("matching/rules", "customer_file/checks", "rating/factors"):
            for file in sorted((ENGINE / folder).glob("*.py")):
                if file.name != "__init__.py":
                    dotted = f"{PACKAGE}.{folder.replace('/', '.')}.{file.stem}"
                    self.assertIn(dotted, modules, f"{folder}/{file.name}")

    def test_labels_are_there(self):
        for name, registry in registries():
            for code, label in registry.selection():
                self.assertTrue(code.isidentifier() and label, f"{name}: {code!r}")

    def test_unknown_code_is_an_error_and_a_second_one_too(self):
        registry: Registry[Registered] = Registry("sample")

        class Plug:
            code, label = "one", "One"

        registry.register(Plug)
        with self.assertRaises(UnknownCode):
            registry.get("two")
        with self.assertRaises(ValueError):
            registry.register(Plug)

    def test_errors_survive_the_way_through_a_child_process(self):
        import pickle

        error = pickle.loads(pickle.dumps(RowError("bad_value", row=3, value="x")))
        self.assertIsInstance(error, RowError)
        self.assertIsInstance(error, EngineError)
        self.assertEqual(
            (error.code, error.params), ("bad_value", {"row": 3, "value": "x"})
        )
