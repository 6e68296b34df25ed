#include "tandem/storage/safetensors.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/base/shape_check.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/repeated_key.h"

static_assert(std::endian::native == std::endian::little, "safetensors payloads are little-endian");

namespace tandem {
namespace {

constexpr std::uint64_t kLargestHeaderBytes = 100'000'000;  // The reference reader's limit.
constexpr const char* kMetadataKey = "__metadata__";
constexpr const char* kChecksumKey = "xxh3_128";

struct DtypeName {
  const char* name;
  at::ScalarType type;
};
constexpr std::array kDtypes = {DtypeName{"F64", at::kDouble}, DtypeName{"F32", at::kFloat},
                                DtypeName{"F16", at::kHalf},   DtypeName{"BF16", at::kBFloat16},
                                DtypeName{"I64", at::kLong},   DtypeName{"I32", at::kInt},
                                DtypeName{"I16", at::kShort},  DtypeName{"I8", at::kChar},
                                DtypeName{"U8", at::kByte},    DtypeName{"BOOL", at::kBool}};

at::ScalarType dtype_named(const std::string& name, const std::string& tensor, const std::filesystem::path& path) {
  for (const DtypeName& dtype : kDtypes) {
    if (name == dtype.name) return dtype.type;
  }
  throw FileError(path,
                  "tensor \"" + printable(tensor) + "\" of a known dtype (F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL)",
                  "\"" + printable(name) + "\"");
}

std::string name_of_dtype(at::ScalarType type) {
  for (const DtypeName& dtype : kDtypes) {
    if (type == dtype.type) return dtype.name;
  }
  TORCH_CHECK_VALUE(false, "write_safetensors: dtype ", c10::toString(type), " has no safetensors name");
}

Json parse_header(std::string_view text, const std::filesystem::path& path) {
  if (is_too_deep_json(text))
    throw FileError(path, "a safetensors header of at most " + std::to_string(kDeepestJson) + " levels", "more");
  std::optional<Json> header = json_in(text);
  if (!header) throw FileError(path, "a safetensors header in JSON", "bytes that are not JSON");
  if (const std::optional<std::string> repeated = repeated_key(text)) {
    throw FileError(path, "every name once in the header", "\"" + printable(*repeated) + "\" twice");
  }
  if (!header->is_object()) throw FileError(path, "a safetensors header that is an object", json_type(*header));
  return *std::move(header);
}

TensorEntry parse_entry(const std::string& name, const Json& json, const std::filesystem::path& path) {
  const std::string what = "tensor \"" + printable(name) + "\"";
  if (!json.is_object()) throw FileError(path, what + " described by an object", json_type(json));
  for (const auto& [key, value] : json.items()) {
    if (key != "dtype" && key != "shape" && key != "data_offsets") {
      throw FileError(path, what + " with dtype, shape and data_offsets only", "\"" + key + "\"");
    }
  }
  const auto whole_numbers = [&](const char* field) {
    const Json array = json.value(field, Json());
    std::vector<std::uint64_t> numbers;
    if (!array.is_array()) throw FileError(path, what + " with a list \"" + field + "\"", json_type(array));
    for (const Json& number : array) {
      if (!number.is_number_unsigned()) {
        throw FileError(path, what + " with whole numbers in \"" + field + "\"", json_type(number));
      }
      numbers.push_back(number.get<std::uint64_t>());
    }
    return numbers;
  };
  const Json dtype = json.value("dtype", Json());
  if (!dtype.is_string()) throw FileError(path, what + " with a string \"dtype\"", json_type(dtype));

  TensorEntry entry;
  entry.dtype = dtype_named(dtype.get<std::string>(), name, path);
  std::uint64_t size_bytes = c10::elementSize(entry.dtype);
  for (const std::uint64_t size : whole_numbers("shape")) {
    if (size > (std::uint64_t{1} << 62) || __builtin_mul_overflow(size_bytes, size, &size_bytes)) {
      throw FileError(path, what + " of a size that can be addressed", "a shape whose product overflows");
    }
    entry.shape.push_back(static_cast<std::int64_t>(size));
  }
  const std::vector<std::uint64_t> offsets = whole_numbers("data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    throw FileError(path, what + " with data_offsets [begin, end]", json.at("data_offsets").dump());
  }
  entry.begin = offsets[0];
  entry.end = offsets[1];
  if (entry.end - entry.begin != size_bytes) {
    throw FileError(path, what + " with " + std::to_string(size_bytes) + " bytes, as dtype and shape say",
                    "data_offsets that span " + std::to_string(entry.end - entry.begin));
  }
  return entry;
}

/// The tensors must tile the payload: no overlap, no hole, nothing past the end.
void check_tiling(const std::map<std::string, TensorEntry>& entries, std::uint64_t payload_bytes,
                  const std::filesystem::path& path) {
  std::vector<std::pair<const std::string*, const TensorEntry*>> in_order;
  for (const auto& [name, entry] : entries) in_order.emplace_back(&name, &entry);
  std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->begin, a.second->end) < std::pair(b.second->begin, b.second->end);
  });
  std::uint64_t next = 0;
  for (const auto& [name, entry] : in_order) {
    if (entry->begin != next) {
      throw FileError(path, "tensor \"" + printable(*name) + "\" to begin at byte " + std::to_string(next),
                      std::to_string(entry->begin) + (entry->begin < next ? " (an overlap)" : " (a hole)"));
    }
    next = entry->end;
  }
  if (next != payload_bytes) {
    throw FileError(path, std::to_string(next) + " bytes of tensors, as the header says",
                    std::to_string(payload_bytes) + " bytes");
  }
}

/// The checksum covers the payload and the header without the checksum itself.
std::string file_checksum(Json header, const std::vector<std::string_view>& payload) {
  header[kMetadataKey].erase(kChecksumKey);
  Checksum checksum;
  checksum.add_field(header.dump());
  for (const std::string_view piece : payload) checksum.add(piece);
  return checksum.text();
}

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

struct OpenedHeader {
  Json header;
  std::uint64_t payload_offset = 0;
};

OpenedHeader open_header(const MappedFile& map) {
  const std::string_view bytes = map.bytes();
  if (bytes.size() < sizeof(std::uint64_t)) {
    throw FileError(map.path(), "a safetensors file", std::to_string(bytes.size()) + " bytes");
  }
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), sizeof(header_bytes));
  if (header_bytes > kLargestHeaderBytes || header_bytes > bytes.size() - sizeof(header_bytes)) {
    throw FileError(map.path(), "a header that fits the file's " + std::to_string(bytes.size()) + " bytes",
                    "a header length of " + std::to_string(header_bytes));
  }
  return {.header = parse_header(bytes.substr(sizeof(header_bytes), header_bytes), map.path()),
          .payload_offset = sizeof(header_bytes) + header_bytes};
}

}  // namespace

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  SafetensorsFile file;
  file.map_ = std::make_shared<const MappedFile>(path);
  const auto [header, payload_offset] = open_header(*file.map_);
  file.payload_offset_ = payload_offset;
  for (const auto& [name, json] : header.items()) {
    if (name != kMetadataKey) {
      file.entries_.emplace(name, parse_entry(name, json, path));
      continue;
    }
    if (!json.is_object()) throw FileError(path, "\"__metadata__\" to be an object", json_type(json));
    for (const auto& [key, value] : json.items()) {
      if (!value.is_string()) throw FileError(path, "strings in \"__metadata__\"", json_type(value));
      file.metadata_.emplace(key, value.get<std::string>());
    }
  }
  check_tiling(file.entries_, file.map_->bytes().size() - payload_offset, path);
  return file;
}

SafetensorsFile SafetensorsFile::open_checked(const std::filesystem::path& path) {
  SafetensorsFile file = open(path);
  const std::optional<std::string> written = file.checksum();
  if (!written) throw FileError(path, "a file with a checksum, as tandem writes them", "none");
  const auto [header, payload_offset] = open_header(*file.map_);
  const std::string found = file_checksum(header, {file.map_->bytes().substr(payload_offset)});
  if (found != *written)
    throw FileError(path, "content with checksum " + *written, "checksum " + found + ": the file is damaged");
  return file;
}

const std::filesystem::path& SafetensorsFile::path() const { return map_->path(); }

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) {
    throw FileError(path(), "a tensor \"" + name + "\"", "none among its " + std::to_string(entries_.size()));
  }
  const TensorEntry& entry = found->second;
  const char* begin = map_->bytes().data() + payload_offset_ + entry.begin;
  // The map is read-only; callers must not write through the view. at::from_blob has no const form.
  const at::Tensor view = at::from_blob(
      const_cast<char*>(begin), entry.shape, [map = map_](void*) {}, at::TensorOptions().dtype(entry.dtype));
  const bool aligned = reinterpret_cast<std::uintptr_t>(begin) % c10::elementSize(entry.dtype) == 0;
  return aligned ? view : view.clone();
}

at::Tensor SafetensorsFile::tensor(const std::string& name, at::IntArrayRef shape) const {
  at::Tensor found = tensor(name);
  if (found.sizes() != shape) {
    std::string wanted = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) wanted += (i ? ", " : "") + std::to_string(shape[i]);
    throw FileError(path(), "tensor \"" + name + "\" of shape " + wanted + "]", shape_text(found));
  }
  return found;
}

std::optional<std::string> SafetensorsFile::checksum() const {
  const auto found = metadata_.find(kChecksumKey);
  if (found == metadata_.end()) return std::nullopt;
  return found->second;
}

std::string write_safetensors(const std::filesystem::path& path,
                              const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                              const std::map<std::string, std::string>& metadata) {
  std::vector<std::pair<std::string, at::Tensor>> stored;
  for (const auto& [name, tensor] : tensors) stored.emplace_back(name, tensor.detach().cpu().contiguous());
  // Wide elements first: every tensor is then aligned, since the header is padded to eight bytes.
  std::stable_sort(stored.begin(), stored.end(),
                   [](const auto& a, const auto& b) { return a.second.element_size() > b.second.element_size(); });

  Json header = {{kMetadataKey, metadata}};
  if (metadata.empty()) header[kMetadataKey] = Json::object();
  TORCH_CHECK_VALUE(metadata.count(kChecksumKey) == 0, "write_safetensors: metadata must not include \"", kChecksumKey,
                    "\"");
  std::vector<std::string_view> payload;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : stored) {
    TORCH_CHECK_VALUE(!header.contains(name), "write_safetensors: two tensors named \"", name, "\"");
    header[name] = {{"dtype", name_of_dtype(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, offset + tensor.nbytes()}}};
    offset += tensor.nbytes();
    payload.push_back(bytes_of(tensor));
  }
  const std::string checksum = file_checksum(header, payload);
  header[kMetadataKey][kChecksumKey] = checksum;

  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t header_bytes = text.size();
  AtomicFile file(path);
  file.write(&header_bytes, sizeof(header_bytes));
  file.write(text);
  for (const std::string_view piece : payload) file.write(piece);
  file.commit();
  return checksum;
}

}  // namespace tandem
