"""What is known of a model once it is trained: structure learned, or noise memorised?"""
