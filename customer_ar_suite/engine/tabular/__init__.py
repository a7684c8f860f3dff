"""Reading tables that come from outside: csv, xls, xlsx, ods.

``reader.read_table`` turns bytes into sheets of rows, ``header.find_header`` says where the
table begins, ``columns`` gives each cell its type. Models call the first one through
``models/safe_io.py`` only: it runs in a child process with limits.
"""
