from . import test_order_exposure
from . import test_order_hold
from . import test_order_metric
from . import test_order_tour
