"""Which stage and flags follow from what was visible on a day?"""
