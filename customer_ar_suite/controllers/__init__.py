from . import ar_download
from . import customer_template
