"""Property values survive the wire, with what is secret, unknown or a reference still so."""

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from flink_session.engine.errors import UnsupportedError
from flink_session.engine.model.signatures import SIGNATURE_KEY
from flink_session.engine.model.values import UNKNOWN, ResourceReference, Secret, contains_unknown, mark_secrets, masked
from flink_session.engine.model.wire import decode_struct, encode_struct

leaves = (
    st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text()
    | st.just(UNKNOWN)
    | st.builds(ResourceReference, urn=st.text(), id=st.none() | st.text(min_size=1), package_version=st.text())
)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3) | st.builds(Secret, inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_what_is_encoded_is_decoded_the_same(properties: dict[str, Any]) -> None:
    wire = struct_pb2.Struct.FromString(encode_struct(properties).SerializeToString())
    assert decode_struct(wire) == properties


def test_whole_numbers_stay_whole_and_others_do_not() -> None:
    decoded = decode_struct(encode_struct({"a": 1, "b": 0.5, "c": True}))
    assert [type(value) for value in decoded.values()] == [int, float, bool]


def test_a_property_that_is_none_is_left_out() -> None:
    assert decode_struct(encode_struct({"a": None, "b": {"c": None}})) == {"b": {"c": None}}


def test_assets_are_refused_by_name() -> None:
    asset = {SIGNATURE_KEY: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
    with pytest.raises(UnsupportedError, match="an Asset"):
        decode_struct(encode_struct({"source": asset}))


def test_secrets_are_masked_and_never_represented() -> None:
    value = {"a": Secret({"b": "hidden"}), "c": [Secret("hidden")]}
    assert masked(value) == {"a": "[secret]", "c": ["[secret]"]}
    assert "hidden" not in repr(value)


def test_outputs_are_secret_where_the_inputs_are() -> None:
    inputs = {"env": [{"name": "A", "value": Secret("x")}], "list": [Secret("x")], "plain": 1}
    outputs = {"env": [{"name": "A", "value": "x"}], "list": ["x", "y"], "plain": 1, "more": 2}
    assert mark_secrets(outputs, inputs) == {
        "env": [{"name": "A", "value": Secret("x")}],
        "list": Secret(["x", "y"]),
        "plain": 1,
        "more": 2,
    }


def test_an_unknown_is_found_at_any_depth() -> None:
    assert contains_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not contains_unknown({"a": [Secret({"b": "known"})]})
