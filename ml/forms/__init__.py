"""Smaller and faster forms of a model.

bench      what every form is held against, and how it is judged
making     graphs in fewer bits, and a student of the model
forms      all of them side by side, and the cascade that is made of two
"""
