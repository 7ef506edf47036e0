from sqlalchemy import create_engine, text


def test_the_test_server_answers(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar_one() == 1
    engine.dispose()


def test_a_test_database_is_empty_and_its_own(postgres_url: str, postgres_database: str) -> None:
    engine = create_engine(postgres_database)
    with engine.begin() as connection:
        connection.execute(text("create table t (x int)"))
        name = connection.execute(text("select current_database()")).scalar_one()
        tables = connection.execute(text("select count(*) from pg_tables where schemaname = 'public'"))
        assert (name != "postgres", tables.scalar_one()) == (True, 1)
    engine.dispose()
