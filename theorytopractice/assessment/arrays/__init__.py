"""How do frames become arrays of whole numbers?"""
