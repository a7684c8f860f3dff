"""Figures of customers by which rules classify: one file each, one statement each.

A metric of another addon is added by extending ``customer.metric._metrics``.
"""

from . import base
from . import revenue
from . import margin
from . import margin_rate
from . import invoice_count
from . import average_ticket
from . import days_since_first_invoice
from . import days_since_last_invoice
from . import growth
from . import average_days_late
from . import overdue_share
from . import product_category_count
from . import product_category_revenue
from . import tenure
from . import annual_revenue
from . import headcount
from . import usage
from . import customer_metric
