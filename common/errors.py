"""The one exception that reaches users as a message and exit status 2."""


class UserError(Exception):
    """Something the user gave cannot be used.

    The message says what was given, what is allowed and what to do.
    """
