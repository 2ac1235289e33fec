// Why a message was refused: one closed list for requests and responses alike. What a fault means
// (which outcome, which status) is for the reader of the message to say.

#pragma once

#include <cstdint>
#include <string_view>

namespace gatewatch::net {

enum class ReadFault : std::uint8_t {
  None,
  NotHttp,
  BadVersion,
  BadStatus,
  BadRequestLine,
  UnknownMethod,
  BareLf,
  BareCr,
  ControlByte,
  FoldedField,
  BadField,
  HeadTooLarge,
  TooManyFields,
  LengthWithCoding,
  BadLength,
  SecondLength,
  CodingInHttp10,
  ChunkedNotLast,
  UnknownCoding,
  BadChunk,
  TooMuchFraming,
  ContentTooLarge,
  Refused,  // by llhttp, for a reason of its own
};

// A sentence for people: "A line ends with a bare LF."
[[nodiscard]] std::string_view read_fault_sentence(ReadFault fault) noexcept;

}  // namespace gatewatch::net
