"""How is it said why a finding stands where it stands?"""
