"""ctypes without any library: C's types and their layout, memory, casts, functions of Python's, and what cannot be loaded."""
import ctypes
import ctypes.util
import sys
from ctypes import (
    CFUNCTYPE, POINTER, Array, BigEndianStructure, LittleEndianStructure, Structure, Union, addressof, alignment, byref,
    c_bool, c_byte, c_char, c_char_p, c_double, c_float, c_int, c_int8, c_int16, c_int32, c_int64, c_longlong, c_short,
    c_ubyte, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p, c_wchar, c_wchar_p, cast, create_string_buffer,
    create_unicode_buffer, memmove, memset, pointer, py_object, sizeof, string_at, wstring_at,
)

from support import outcome

FIXED = (
    c_bool, c_byte, c_char, c_double, c_float, c_int, c_int8, c_int16, c_int32, c_int64, c_longlong, c_short, c_ubyte,
    c_uint8, c_uint16, c_uint32, c_uint64, c_wchar,
)  # fmt: skip


def fails(call):
    """The class of an exception whose text has changed between versions."""
    try:
        call()
    except Exception as error:
        print(type(error).__name__)


def undefined(call):
    """The message without the name of the program in front."""
    try:
        call()
    except (AttributeError, ValueError) as error:
        print(type(error).__name__, str(error).partition(": ")[2])


for kind in FIXED:
    print(sizeof(kind), alignment(kind), kind().value)
print(sizeof(c_void_p) * 8 == sys.maxsize.bit_length() + 1, sizeof(ctypes.c_long) == sizeof(c_void_p))
print(sizeof(ctypes.c_size_t) == sizeof(c_void_p), c_uint8(300), c_int8(200), c_uint32(-1).value, c_int16(1 << 15))
print(c_bool(2), c_double(1.5).value, c_float(0.1).value, c_wchar("é").value, c_char(b"x").value)
outcome("a text is no integer", c_int, "1")
fails(lambda: c_char(b"12"))
outcome("a text is no number", c_float, "x")


class Point(Structure):
    _fields_ = [("tag", c_char), ("x", c_int32), ("y", c_int16), ("z", c_double)]


class Packed(Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("tag", c_char), ("x", c_int32), ("y", c_int16), ("z", c_double)]


class Bits(Structure):
    _fields_ = [("low", c_uint32, 3), ("middle", c_int32, 7), ("high", c_uint32, 22), ("next", c_uint8, 1)]


class Either(Union):
    _fields_ = [("whole", c_uint32), ("bytes", c_ubyte * 4), ("halves", c_uint16 * 2)]


class Outer(Structure):
    _anonymous_ = ["either"]
    _fields_ = [("either", Either), ("points", Point * 2)]


class Big(BigEndianStructure):
    _fields_ = [("a", c_uint16), ("b", c_uint32), ("c", c_int64)]


class Little(LittleEndianStructure):
    _fields_ = [("a", c_uint16), ("b", c_uint32), ("c", c_int64)]


def names_of(kind):
    return [field[0] for field in kind._fields_]


for kind in (Point, Packed, Bits, Either, Outer, Big, Little):
    # What a descriptor says of the size of bits has changed between versions.
    fields = [(name, getattr(kind, name).offset) for name in names_of(kind)]
    print(kind.__name__, sizeof(kind), alignment(kind), fields)

point = Point(b"p", -7, y=3, z=2.5)
print(point.tag, point.x, point.y, point.z, bytes(point)[4:10].hex())
fails(lambda: Point("p"))
outcome('Point(b"p", 1, 2, 3, 4)', lambda: Point(b"p", 1, 2, 3, 4))
outcome('setattr(point, "x", "no")', lambda: setattr(point, "x", "no"))
bits = Bits(5, -1, 0x3FFFFF, 1)
print(bits.low, bits.middle, bits.high, bits.next, bytes(bits).hex())
bits.low = 9
print(bits.low, bytes(bits).hex())
either = Either(0x01020304)
print(list(either.bytes), list(either.halves))
either.bytes[0] = 255
print(hex(either.whole))
outer = Outer()
outer.whole, outer.points[1].x = 7, 42
print(outer.either.whole, outer.points[1].x, outer.points[0].x)
outcome("outer.points[2]", lambda: outer.points[2])
print(bytes(Big(1, 2, 3)).hex(), bytes(Little(1, 2, 3)).hex(), Big.from_buffer_copy(bytes(Big(1, 2, 3))).c)

numbers = (c_int * 5)(1, 2, 3)
print(list(numbers), numbers[1:4], numbers[::-1], len(numbers), sizeof(numbers), isinstance(numbers, Array))
outcome("numbers[5]", lambda: numbers[5])
outcome("(c_int * 2)(1, 2, 3)", lambda: (c_int * 2)(1, 2, 3))
outcome("c_int * -1", lambda: c_int * -1)
view = memoryview(numbers)
print(view.itemsize, view.nbytes, view.shape, bytes(view[:2]).hex())

number = c_int(5)
to = pointer(number)
to.contents.value = 6
to[0] += 1
print(number.value, to[0], bool(to), bool(POINTER(c_int)()))
outcome("POINTER(c_int)().contents", lambda: POINTER(c_int)().contents)
outcome("POINTER(c_int)()[0]", lambda: POINTER(c_int)()[0])
array_of = cast(numbers, POINTER(c_int))
print(array_of[0], array_of[1:3], cast(array_of, c_void_p).value == addressof(numbers))
print(cast(cast(b"text", c_void_p), c_char_p).value, byref(number, 0) is not None)

buffer = bytearray(16)
shared = Little.from_buffer(buffer)
shared.a, shared.b = 0x0102, 0x03040506
print(bytes(buffer).hex())
outcome("buffer.append(1)", lambda: buffer.append(1))
outcome("Little.from_buffer(bytearray(3))", lambda: Little.from_buffer(bytearray(3)))
outcome('Little.from_buffer(b"x" * 16)', lambda: Little.from_buffer(b"x" * 16))
outcome('Little.from_buffer_copy(b"short")', lambda: Little.from_buffer_copy(b"short"))

text = create_string_buffer(b"hello", 10)
print(text.raw, text.value, sizeof(text), string_at(text), string_at(addressof(text) + 1, 3))
memset(text, ord("x"), 3)
memmove(addressof(text) + 5, text, 4)
print(text.raw, text[0], text[1:3])
wide = create_unicode_buffer("größe", 8)
print(wide.value, len(wide), wstring_at(wide, 2), wide[3], c_wchar_p("text").value)
outcome('create_string_buffer("text")', lambda: create_string_buffer("text"))
fails(lambda: string_at("x", "y"))


@CFUNCTYPE(c_int, c_int, c_double)
def added(one, other):
    return int(one + other)


@CFUNCTYPE(c_int64, Point, c_char_p, POINTER(c_int))
def taken(given, name, place):
    place[0] += 1
    return given.x * len(name)


print(added(2, 3.5), added(-2, 0.0))
outcome("added(1)", lambda: added(1))
fails(lambda: added("1", 2.0))
print(taken(point, b"abc", byref(number)), number.value, bool(added), bool(CFUNCTYPE(c_int)()))
again = cast(added, CFUNCTYPE(c_int, c_int, c_double))
print(again(20, 1.0), cast(again, c_void_p).value == cast(added, c_void_p).value)
compare = CFUNCTYPE(py_object, py_object, py_object)(lambda one, other: [one, other])
print(compare("a", None), CFUNCTYPE(c_char_p)(lambda: None)(), CFUNCTYPE(None)(lambda: 1)())
nested = CFUNCTYPE(c_int, CFUNCTYPE(c_int, c_int), c_int)(lambda inner, value: inner(value) + 1)
print(nested(CFUNCTYPE(c_int, c_int)(lambda value: value * 2), 20))
print(CFUNCTYPE(c_float, c_float)(lambda value: value / 2)(3), CFUNCTYPE(c_int8, c_uint8)(lambda value: value)(255))


class Countdown(Structure):
    pass


Step = CFUNCTYPE(c_int, POINTER(Countdown))
Countdown._fields_ = [("left", c_int), ("step", Step)]


@Step
def step(place):
    place.contents.left -= 1
    return place.contents.step(place) + 1 if place.contents.left else 0


print(Countdown(5, step).step(byref(Countdown(5, step))))

program = ctypes.CDLL(None)
print(program.strlen(b"four"), program.abs(-3), program.toupper(ord("a")))
undefined(lambda: program.wasocket_has_none)
program.sqrt.restype, program.sqrt.argtypes = c_double, [c_double]
program.strchr.restype, program.strchr.argtypes = c_char_p, [c_char_p, c_char]
print(program.sqrt(2.25), program.strchr(b"a=b", b"="), program.strchr(b"ab", b"="))
ctypes.pythonapi.PyBytes_FromStringAndSize.restype = py_object
print(ctypes.pythonapi.PyBytes_FromStringAndSize(b"abcdef", 3))
for name in ("libwasocket-has-none.so", "./none.so.1", "/nowhere/libc.so"):
    outcome(name, ctypes.CDLL, name)
print(ctypes.util.find_library("wasocket-has-none"))
outcome('ctypes.cdll.LoadLibrary("none")', lambda: ctypes.cdll.LoadLibrary("none"))
undefined(lambda: c_int.in_dll(program, "wasocket_has_none"))
ctypes.set_errno(5)
print(ctypes.get_errno(), ctypes.set_errno(0))
outcome('CFUNCTYPE(c_int)("x")', lambda: CFUNCTYPE(c_int)("x"))
outcome("CFUNCTYPE(5)", lambda: CFUNCTYPE(5))
