from . import customer_category_find
