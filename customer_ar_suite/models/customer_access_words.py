"""What each security setting is called, and what to do about it."""

#: code → (what the setting is, what to do)
WORDS = {
    "password_length": (
        lambda env: env._("Shortest password allowed"),
        lambda env: env._("Settings ▸ Permissions: ask for 12 characters or more."),
    ),
    "default_passwords": (
        lambda env: env._("Accounts with the password they were shipped with"),
        lambda env: env._("Change these passwords now."),
    ),
    "second_factor_policy": (
        lambda env: env._("Second factor enforced"),
        lambda env: env._("Settings ▸ Permissions: enforce two-factor authentication."),
    ),
    "second_factor_missing": (
        lambda env: env._("Users with a role and without a second factor"),
        lambda env: env._("Ask them to set up an authenticator, or enforce it."),
    ),
    "session_hours": (
        lambda env: env._("Hours without a click until a session ends"),
        lambda env: env._(
            "Set the parameter sessions.max_inactivity_seconds to 43200 or less, "
            "or an inactivity timeout on the group of internal users."
        ),
    ),
    "endless_keys": (
        lambda env: env._("API keys that never expire"),
        lambda env: env._("Replace them by keys with an end."),
    ),
    "signup": (
        lambda env: env._("Who may create an account (b2c: everybody)"),
        lambda env: env._("Settings ▸ Permissions: customers sign up on invitation."),
    ),
    "outsiders_with_role": (
        lambda env: env._("Portal or public users with a role of the suite"),
        lambda env: env._("Take the roles away from them."),
    ),
    "idle_users": (
        lambda env: env._("Users with a role who have not logged in for 90 days"),
        lambda env: env._("Archive them or take their roles away."),
    ),
    "administrators": (
        lambda env: env._("Users who may change every setting"),
        lambda env: env._(
            "Two to four people: one cannot be checked, many cannot be overseen."
        ),
    ),
    "demo_data": (
        lambda env: env._("Database with demonstration data"),
        lambda env: env._(
            "Use another database for real work: demo accounts are public."
        ),
    ),
    "database_list": (
        lambda env: env._("Database manager open to everybody"),
        lambda env: env._("Set list_db = False in the server's configuration."),
    ),
    "master_password": (
        lambda env: env._("Master password as shipped"),
        lambda env: env._("Set admin_passwd in the server's configuration."),
    ),
    "https": (
        lambda env: env._("Address of the server is encrypted (https)"),
        lambda env: env._(
            "Put a proxy with a certificate before Odoo; set web.base.url."
        ),
    ),
    "proxy_mode": (
        lambda env: env._("Proxy mode"),
        lambda env: env._(
            "Behind a proxy set proxy_mode = True, or the log names the proxy "
            "instead of the user's address."
        ),
    ),
    "workers": (
        lambda env: env._("Worker processes"),
        lambda env: env._(
            "Set workers: limits on time and memory hold only with them."
        ),
    ),
    "developer_mode": (
        lambda env: env._("Developer mode of the server"),
        lambda env: env._("Start the server without --dev."),
    ),
}
