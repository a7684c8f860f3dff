def post_init_hook(env):
    """Set up what depends on the database the suite is installed in."""
