"""Small corrections of what people write; each is shown before → after and can be refused.

``propose`` for one record, whatever the path: form, import, worklist.
"""

from .base import Correction as Correction
from .propose import propose as propose
from .propose import propose_value as propose_value
