"""What is counted, and with what interval?"""
