"""Who may import whom, who may do what: read from the source, nothing is run."""

import ast
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from .engine.case import EngineCase

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ADDON = Path(__file__).parents[1]
RULES = tomllib.loads((ADDON / "tests/architecture.toml").read_text())
#: layer -> packages of the addon it may import from
MAY_IMPORT = {
    "models": {"engine", "identity", "models", "workbook"},
    "report": {"engine", "report", "workbook"},
    "wizard": {"engine", "identity", "wizard"},
    "controllers": {"controllers"},
    "demo": {"demo"},
}
#: models that tell the sample story, the only ones that read its tables
STORY = "models/ar_demo"
#: packages of Odoo's own requirements and of the manifest's external dependencies
ALWAYS_THERE = {
    "babel", "lxml", "markupsafe", "num2words", "odoo", "ofxparse", "openpyxl", "phonenumbers",
    "psycopg2", "stdnum", "xlrd", "xlsxwriter", *sys.stdlib_module_names,
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow"}
SQL_CALLS = {"SQL", "execute_query", "execute_query_dict"}


@cache
def sources(folder=""):
    """{path inside the addon: syntax tree} of the shipped Python under ``folder``."""
    return {
        path.relative_to(ADDON).as_posix(): ast.parse(path.read_text())
        for path in sorted((ADDON / folder).rglob("*.py"))
        if path.relative_to(ADDON).parts[0] not in ("tests", "migrations")
    }


def imports(tree):
    """(level, dotted name with what is imported from it, line) of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                dotted = ".".join(filter(None, (node.module, alias.name)))
                yield node.level, dotted, node.lineno


def model_methods(tree):
    """(model, method) of the classes that make or extend a model."""
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        named = {
            target.id: ast.literal_eval(line.value)
            for line in node.body
            if isinstance(line, ast.Assign)
            and isinstance(target := line.targets[0], ast.Name)
            and target.id in ("_name", "_inherit")
        }
        model = named.get("_name") or named.get("_inherit")
        for line in node.body:
            if isinstance(model, str) and isinstance(line, ast.FunctionDef):
                yield model, line


def absolute(path, level, dotted):
    """Dotted path inside the addon that a relative import of ``path`` names."""
    package = list(Path(path).parent.parts)
    return ".".join([*package[: len(package) - level + 1], dotted])


def calls(tree):
    """(name called last, call) of every call: ``execute`` of ``self.env.cr.execute(…)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr, node
            elif isinstance(function, ast.Name):
                yield function.id, node


def owner(call):
    """Name before the dot: ``cr`` of ``self.env.cr.execute(…)``."""
    value = getattr(call.func, "value", None)
    return getattr(value, "attr", None) or getattr(value, "id", None)


def uses_sql(tree):
    return any(
        name in SQL_CALLS or (name == "execute" and owner(call) in ("cr", "_cr"))
        for name, call in calls(tree)
    )


class TestArchitecture(EngineCase):
    # -- engine ---------------------------------------------------------------------------

    def engine_files(self):
        for path, tree in sources("engine").items():
            parts = Path(path).with_suffix("").parts
            yield path, parts[1], tree

    def may_use(self, importer, imported):
        kernel, shared = RULES["engine"]["kernel"], RULES["engine"]["shared"]
        if imported in kernel:
            return importer not in kernel or kernel.index(imported) < kernel.index(
                importer
            )
        return importer == imported or (imported in shared and importer not in kernel)

    def test_engine_imports_point_downwards(self):
        for path, importer, tree in self.engine_files():
            for level, dotted, line in imports(tree):
                where = f"{path}:{line}: {dotted}"
                if not level:
                    self.assertNotIn(dotted.split(".")[0], ("odoo", ADDON.name), where)
                    continue
                target = absolute(path, level, dotted).split(".")
                self.assertEqual(target[0], "engine", f"{where}: outside the engine")
                self.assertTrue(self.may_use(importer, target[1]), where)

    def test_engine_asks_no_clock_and_opens_no_file(self):
        for path, _area, tree in self.engine_files():
            for name, call in calls(tree):
                where = f"{path}:{call.lineno}"
                if name in CLOCKS:
                    self.assertNotIn(owner(call), ("date", "datetime"), where)
                self.assertFalse(
                    name == "open" and isinstance(call.func, ast.Name), where
                )
                self.assertFalse(name == "Random" and not call.args, where)
                self.assertNotEqual(owner(call), "random", f"{where}: needs a seed")

    # -- layers ---------------------------------------------------------------------------

    def test_layers_import_downwards(self):
        for layer, allowed in MAY_IMPORT.items():
            for path, tree in sources(layer).items():
                for level, dotted, line in imports(tree):
                    if dotted.startswith(f"odoo.addons.{ADDON.name}"):
                        self.fail(f"{path}:{line}: import relatively")
                    if level:
                        target = absolute(path, level, dotted).split(".")[0]
                        story = target == "demo" and path.startswith(STORY)
                        self.assertTrue(
                            story or target in allowed, f"{path}:{line}: {dotted}"
                        )

    def test_no_file_silently_replaces_what_another_adds_to_a_model(self):
        # given the methods that several files add to one model
        added = defaultdict(list)
        for path, tree in sources().items():
            for model, method in model_methods(tree):
                added[model, method.name].append((path, method))
        # then all but the first of them go on with super()
        for (model, name), methods in added.items():
            ends = [path for path, one in methods if "super(" not in ast.unparse(one)]
            self.assertLessEqual(len(ends), 1, f"{model}.{name}: {ends}")

    def test_sample_story_needs_no_odoo(self):
        for path, tree in sources("demo").items():
            for _level, dotted, line in imports(tree):
                self.assertNotEqual(dotted.split(".")[0], "odoo", f"{path}:{line}")

    def test_installs_with_what_odoo_and_the_manifest_bring(self):
        # given an Odoo without the optional packages (rapidfuzz, mt-940, tesseract),
        # then nothing that is imported on loading is missing
        for path, tree in sources().items():
            for node in tree.body:
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    for level, dotted, line in imports(node):
                        root = dotted.split(".")[0]
                        self.assertTrue(
                            level or root in ALWAYS_THERE, f"{path}:{line}: {root}"
                        )

    # -- who may do what ------------------------------------------------------------------

    def test_sql_only_where_listed(self):
        found = {path for path, tree in sources().items() if uses_sql(tree)}
        listed = set(RULES["sql"])
        self.assertFalse(found - listed, "give the reason in tests/architecture.toml")
        self.assertFalse(listed - found, "these build no SQL: take them off the list")
        self.assertTrue(all(RULES["sql"].values()), "a reason is missing")

    def test_partial_reconciliations_are_joined_in_the_ledger_only(self):
        for path, tree in sources().items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if "account_partial_reconcile" in node.value:
                        self.assertTrue(
                            path.startswith("models/ar_ledger/"),
                            f"{path}:{node.lineno}",
                        )

    def test_one_file_reconciles(self):
        self.assert_called_only_in(
            "models/ar_allocation.py", "reconcile", "_reconcile_plan"
        )

    def test_one_file_commits_progress(self):
        self.assert_called_only_in("models/ar_run_mixin.py", "_commit_progress")

    def test_one_file_makes_workbooks(self):
        # in which no text becomes a formula
        self.assert_called_only_in("workbook.py", "Workbook")

    def assert_called_only_in(self, home, *names):
        for path, tree in sources().items():
            for name, call in calls(tree):
                if name in names:
                    self.assertEqual(path, home, f"line {call.lineno} calls {name}()")

    def test_nothing_commits(self):
        for path, tree in sources().items():
            for name, call in calls(tree):
                if name == "commit":
                    self.assertNotIn(
                        owner(call), ("cr", "_cr"), f"{path}:{call.lineno}"
                    )

    def test_context_keys_are_the_documented_ones(self):
        for path, tree in sources().items():
            for key, line in self.context_keys(tree):
                self.assertIn(key, RULES["context"], f"{path}:{line}")

    def context_keys(self, tree):
        """(key, line) of what is read from a context; None: not a literal."""
        for name, call in calls(tree):
            if name == "get" and owner(call) in ("context", "_context"):
                yield getattr(call.args[0], "value", None), call.lineno
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript):
                value = node.value
                if (
                    getattr(value, "attr", None) or getattr(value, "id", None)
                ) == "context" and isinstance(node.ctx, ast.Load):
                    yield getattr(node.slice, "value", None), node.lineno

    def test_nothing_asks_whether_it_is_tested(self):
        for path, tree in sources().items():
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant):
                    self.assertNotIn(
                        node.value, ("test_enable", "testing"), f"{path}:{node.lineno}"
                    )

    def test_files_hold_one_idea(self):
        limit = RULES["size"]["limit"]
        for path in sources():
            if path.endswith("__init__.py"):
                continue  # a list of imports
            lines = len((ADDON / path).read_text().splitlines())
            self.assertLessEqual(lines, limit, f"{path}: split it")
