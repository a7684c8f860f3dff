"""The checks of a customer file; importing a module registers its check."""

from . import bank_account as bank_account
from . import contact_person as contact_person
from . import mandatory as mandatory
from . import tax_id as tax_id
from . import total_row as total_row
from . import twice_in_file as twice_in_file
from ..checking import CHECKS as CHECKS
