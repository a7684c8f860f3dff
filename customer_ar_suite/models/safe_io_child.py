"""The child process that parses files from outside; started by ``safe_io``, never imported
by a model.

It imports the engine alone, without Odoo and without the database's credentials, sets its
own limits before it touches the file and answers on its standard output. Request and answer
are pickles; each side builds only the classes that ``EngineUnpickler`` lets through: a
parser that was taken over by a hostile file cannot make its parent call anything.
"""

import contextlib
import importlib
import io
import os
import pickle
import sys
import types

try:
    import resource
except ImportError:  # not on Windows: there only the parent's clock protects
    resource = None

PACKAGE = "customer_ar_suite"
_ENGINE = ".engine."
_VALUES = {
    ("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")
} | {("decimal", "Decimal"), ("builtins", "frozenset"), ("builtins", "set")}


class EngineUnpickler(pickle.Unpickler):
    """Builds plain values and the engine's rows, decisions and errors; nothing else.

    The same class is called ``customer_ar_suite.engine…`` in the child and
    ``odoo.addons.customer_ar_suite.engine…`` in Odoo; ``package`` is the name on this side.
    """

    def __init__(self, data, package):
        super().__init__(io.BytesIO(data))
        self.package = package

    def find_class(self, module, name):
        if (module, name) in _VALUES:
            return super().find_class(module, name)
        _, engine, area = module.partition(PACKAGE + _ENGINE)
        if not engine or "." in name:
            raise pickle.UnpicklingError(f"{module}.{name} does not cross the border")
        found = getattr(importlib.import_module(f"{self.package}{_ENGINE}{area}"), name)
        if not self._is_value(found, name):
            raise pickle.UnpicklingError(f"{module}.{name} is not a row or an error")
        return found

    def _is_value(self, found, name):
        if name == "_rebuild":  # how an EngineError is built, with one of its classes
            return found.__module__ == f"{self.package}.engine.errors"
        return isinstance(found, type) and (
            (issubclass(found, tuple) and hasattr(found, "_fields"))
            or hasattr(found, "__dataclass_fields__")
            or found.__module__ == f"{self.package}.engine.errors"
        )


def _limit(memory, seconds):
    """From here on the process cannot eat the machine, dump its memory or write a file."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _load_engine(folder):
    """The addon as a package without its ``__init__``, which would import Odoo."""
    package = types.ModuleType(PACKAGE)
    package.__path__ = [folder]
    sys.modules[PACKAGE] = package


def _answer(request):
    module, _, function = request["target"].partition(":")
    parse = getattr(importlib.import_module(f"{PACKAGE}{_ENGINE}{module}"), function)
    errors = importlib.import_module(f"{PACKAGE}.engine.errors")
    try:
        return True, parse(request["data"], **request["kwargs"])
    except errors.EngineError as error:
        return False, error
    except (MemoryError, RecursionError):
        return False, errors.FileError("parser_too_much")
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a parser raise
        sys.stderr.write(f"{request['target']}: {type(error).__name__}: {error}"[:500])
        return False, errors.FileError("parser_failed")


def main():
    """Read one request, answer it, end."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:0] = sys.argv[1:]
    _load_engine(folder)
    answer, source = sys.stdout.buffer, sys.stdin.buffer
    header = source.readline().split()
    # what libraries print must not get into the answer
    with contextlib.redirect_stdout(sys.stderr):
        _limit(memory=int(header[0]), seconds=int(header[1]))
        try:
            request = EngineUnpickler(source.read(), PACKAGE).load()
            reply = pickle.dumps(_answer(request), protocol=pickle.HIGHEST_PROTOCOL)
        except MemoryError:
            os._exit(3)
    answer.write(reply)
    answer.flush()
    # the answer is out: freeing millions of cells one by one would only cost time
    os._exit(0)


if __name__ == "__main__":
    main()
