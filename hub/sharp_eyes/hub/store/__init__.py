"""Store: tables, sessions, migrations, and the files of evidence."""
