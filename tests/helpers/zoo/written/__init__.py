"""Attention as public code and tutorials write it, a file per family; each function with `@specimen` builds one."""

from helpers.zoo.written import dot_products, multi_head

FAMILIES = (dot_products, multi_head)
