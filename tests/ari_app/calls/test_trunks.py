"""Which trunk reaches a number."""

import pytest

from ari_app.calls.switch import Dial, SwitchError
from ari_app.calls.trunks import Trunks
from ari_app.ops.settings import DialerSettings, ExotelSettings, Settings
from ari_app.ops.settings import TestTrunkSettings as TrunkSettings

NUMBER = "+919812345678"
TEST = TrunkSettings(contacts={NUMBER: "127.0.0.1:5090;transport=tcp"}, caller_id="+911111111111")
EXOTEL = ExotelSettings(account_sid="shop1", exophone="+918047112233", edges=("edge.invalid",))


def dial(number: str, *, test: TrunkSettings = TEST, exotel: ExotelSettings | None = None) -> Dial:
    settings = Settings(test_trunk=test, exotel=exotel or ExotelSettings(), dialer=DialerSettings(ring_s=30))
    return Trunks(settings).dial(number)


def test_a_number_with_a_contact_goes_to_the_test_trunk_even_beside_exotel() -> None:
    expected = Dial(f"PJSIP/test-trunk/sip:{NUMBER}@127.0.0.1:5090;transport=tcp", "+911111111111", 30)
    assert dial(NUMBER) == dial(NUMBER, exotel=EXOTEL) == expected


def test_all_other_numbers_go_to_exotel() -> None:
    assert dial("+919000000000", exotel=EXOTEL) == Dial("PJSIP/+919000000000@exotel", "+918047112233", 30)


def test_a_test_trunk_that_is_off_reaches_nobody() -> None:
    off = TEST.model_copy(update={"enabled": False})
    assert dial(NUMBER, test=off, exotel=EXOTEL).dial_string == f"PJSIP/{NUMBER}@exotel"
    with pytest.raises(SwitchError, match="Exotel is not set up, and the test trunk has no contact"):
        dial(NUMBER, test=off)


def test_a_trunk_that_is_named_is_the_only_one() -> None:
    trunks = Trunks(Settings(exotel=EXOTEL, test_trunk=TEST))
    assert trunks.dial(NUMBER, trunk="exotel", ring_s=20) == Dial(f"PJSIP/{NUMBER}@exotel", "+918047112233", 20)
    assert trunks.dial(NUMBER, trunk="test-trunk").dial_string.startswith("PJSIP/test-trunk/")
    with pytest.raises(SwitchError, match="expected exotel or test-trunk, got 'elsewhere'"):
        trunks.dial(NUMBER, trunk="elsewhere")
