"""What routing by value per dollar is worth: simulated people, the real services, and the same budget for each arm.

Run by `manage.py simulate`. Every arm of every seed is a project of its own in a scratch home, driven by the loop and
the tasks of production; only Label Studio and the heatmaps are left out. All arms of a seed share pictures, gold set
and people: somebody asked about a picture answers the same in each.

    study      what all share: pictures, embeddings, and the pictures that judge
    outcome    the arms, their terms, and how each came out
    arms       an arm's project
    loop       a project driven until its money is spent
    people     who answers, and what they say
    seed       one seed's arms, as a program of its own
    report     the table
"""
