"""What Alembic runs: the migrations on the connection that `upgrade` gives it, inside its transaction."""

from alembic import context

from calgate.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False
)
context.run_migrations()
