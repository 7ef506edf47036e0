from calgate_radicale.auth import Throttle


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_ten_different_wrong_passwords_close_the_login_from_that_address() -> None:
    throttle = Throttle(Time())
    for number in range(10):
        assert not throttle.refuses("192.0.2.1", "ada")
        throttle.wrong("192.0.2.1", "ada", f"guess {number}")
    assert throttle.refuses("192.0.2.1", "ada")
    assert not throttle.refuses("192.0.2.1", "bob")
    assert not throttle.refuses("192.0.2.2", "ada")


def test_a_device_with_an_old_password_is_no_attack() -> None:
    throttle = Throttle(Time())
    for _ in range(1000):
        throttle.wrong("192.0.2.1", "ada", "last year's")
    assert not throttle.refuses("192.0.2.1", "ada")


def test_one_address_may_not_try_many_logins() -> None:
    throttle = Throttle(Time())
    for number in range(50):
        throttle.wrong("192.0.2.1", f"person{number}", "secret")
    assert throttle.refuses("192.0.2.1", "somebody else")


def test_it_is_forgotten_after_a_while() -> None:
    time = Time()
    throttle = Throttle(time)
    for number in range(60):
        throttle.wrong("192.0.2.1", "ada", f"guess {number}")
    time.now += Throttle.window_seconds + 1
    assert not throttle.refuses("192.0.2.1", "ada")
    assert not throttle._wrong


def test_memory_is_bounded() -> None:
    throttle = Throttle(Time())
    for number in range(3 * Throttle.max_keys):
        throttle.wrong(f"address {number}", "ada", "x")
    assert len(throttle._wrong) <= Throttle.max_keys + 2


def test_passwords_are_not_kept() -> None:
    throttle = Throttle(Time())
    throttle.wrong("192.0.2.1", "ada", "hunter2")
    assert "hunter2" not in repr(throttle._wrong)
