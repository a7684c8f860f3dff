from . import ar_download
