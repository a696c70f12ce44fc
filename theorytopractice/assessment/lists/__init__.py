"""What do the lists share that people keep?"""
