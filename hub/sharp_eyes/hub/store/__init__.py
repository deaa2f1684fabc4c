"""Store: tables, database, unit of work, migrations, and the files of evidence."""
