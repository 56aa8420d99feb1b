"""Words that stand before a name or an address, and are no part of it."""

import re

TALK = frozenset(
    re.findall(
        r"\w+",
        """
        account actually address am an and are be but can contact could email for got has hello hi id im is it its ive
        just mail me mine my new no of ok okay old on or please reach registered right send should so sorry sure thanks
        that thats the then think this to try under use was well with would write yeah yep yes you your
        """,
    )
)
