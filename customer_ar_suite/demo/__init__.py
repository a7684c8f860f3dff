"""The sample story: who buys, when, and how they pay. Tables are in the csv files beside."""

from . import bank_files, payments, story, tables
