"""One file per factor; the import line registers it, in the order of a new scorecard."""

from . import average_days_late
from . import on_time_share
from . import overdue_share
from . import worst_delay
from . import recent_days_late
from . import utilisation
from . import purchase_trend
from . import tenure
from . import concentration
from . import returned_payments
from . import disputes
from . import broken_promises
from . import equity_share
from . import current_ratio
from . import profit_margin
from . import external_score
