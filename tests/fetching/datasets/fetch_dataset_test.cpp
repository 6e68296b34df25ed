#include "tandem/fetching/datasets/fetch_dataset.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <mutex>

#include "fetching/datasets/made_archive.h"
#include "fetching/http/misbehaving_server.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/file_digest.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/output_lock.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

std::string picture_name(int id) { return "00000000" + std::to_string(1000 + id) + ".jpg"; }

std::string picture_bytes(int id) {
  return "\xff\xd8\xff\xe0" + std::string(static_cast<std::size_t>(500 + id), static_cast<char>('a' + id % 26));
}

std::string captions_json(int images) {
  Json document = {{"images", Json::array()}, {"annotations", Json::array()}};
  for (int id = 0; id < images; ++id) {
    document["images"].push_back({{"id", id}, {"file_name", picture_name(id)}});
    document["annotations"].push_back({{"id", id}, {"image_id", id}, {"caption", "picture " + std::to_string(id)}});
  }
  return document.dump();
}

/// The homes of all data sets, tiny, as a mirror has them.
class Home {
 public:
  Home() {
    files["/Flickr8k_text.zip"] = archive_bytes(
        ArchiveKind::kZip,
        {{.name = "Flickr8k.token.txt", .content = "a.jpg#0\ta dog\n"}, {.name = "__MACOSX/._x", .content = "x"}});
    std::string noise;
    for (std::uint32_t state = 1; noise.size() < 200000; state = state * 1664525u + 1013904223u)
      noise += static_cast<char>(state >> 24);
    files["/Flickr8k_Dataset.zip"] =
        archive_bytes(ArchiveKind::kZip, {{.name = "Flicker8k_Dataset/a.jpg", .content = noise}});
    files["/annotations/annotations_trainval2017.zip"] =
        archive_bytes(ArchiveKind::kZip, {{.name = "annotations/captions_val2017.json", .content = captions_json(30)},
                                          {.name = "annotations/captions_train2017.json", .content = captions_json(60)},
                                          {.name = "annotations/instances_val2017.json", .content = "{}"}});
    files["/zips/val2017.zip"] =
        archive_bytes(ArchiveKind::kZip, {{.name = "val2017/" + picture_name(0), .content = picture_bytes(0)}});
    for (int id = 0; id < 60; ++id)
      files[(id < 30 ? "/val2017/" : "/train2017/") + picture_name(id)] = picture_bytes(id);
    files["/cifar-10-binary.tar.gz"] =
        archive_bytes(ArchiveKind::kTarGz, {{.name = "cifar-10-batches-bin/", .kind = AE_IFDIR},
                                            {.name = "cifar-10-batches-bin/test_batch.bin", .content = "bytes"}});
  }

  ScratchFolder folder;
  std::map<std::string, std::string> files;
  std::function<void(const ServerRequest&, ServerAnswer&)> change;
  MisbehavingServer server{[this](const ServerRequest& request) {
    ServerAnswer answer = honest(request);
    if (change) change(request, answer);
    return answer;
  }};

  std::filesystem::path out() const { return folder / "data"; }
  std::filesystem::path place() const { return folder / "data.fetching"; }

  FetchedDataset fetch(const std::string& name, const DatasetRequest& request = {}) const {
    return fetch(dataset_named(name), request);
  }
  FetchedDataset fetch(const KnownDataset& dataset, const DatasetRequest& request) const {
    return fetch_dataset(dataset, request, out(),
                         {.mirror = server.address(),
                          .stall_seconds = 2,
                          .connections = 3,
                          .patience = {.tries = 4, .first_wait_seconds = 0.001}});
  }

  std::string complaint(const std::string& name, const DatasetRequest& request = {}) const {
    try {
      fetch(name, request);
    } catch (const FileError& error) {
      CHECK(!std::filesystem::exists(out()));
      return error.what();
    }
    return "";
  }

 private:
  ServerAnswer honest(const ServerRequest& request) const {
    const auto found = files.find(request.path);
    if (found == files.end()) return {.status = 404};
    const std::string etag = "\"" + std::to_string(std::hash<std::string>()(found->second)) + "\"";
    const std::string range = request.header("if-range");
    const std::size_t first = range.empty() || range == etag ? std::min(request.first_byte(), found->second.size()) : 0;
    ServerAnswer answer{.headers = {{"ETag", etag}}, .body = found->second.substr(first)};
    if (first > 0) {
      const std::string size = std::to_string(found->second.size());
      answer.status = 206;
      answer.headers["Content-Range"] =
          "bytes " + std::to_string(first) + "-" + std::to_string(found->second.size() - 1) + "/" + size;
    }
    return answer;
  }
};

void check_holds(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, "said: ", text, " without: ", part);
}

bool is_large(const ServerRequest& request) { return request.path == "/Flickr8k_Dataset.zip"; }

}  // namespace

TEST_CASE("a data set is fetched whole and the second call asks nothing") {
  Home home;
  const FetchedDataset fetched = home.fetch("flickr8k");
  CHECK(read_file(home.out() / "Flickr8k.token.txt") == "a.jpg#0\ta dog\n");
  CHECK(std::filesystem::file_size(home.out() / "Flicker8k_Dataset/a.jpg") == 200000);
  CHECK(!std::filesystem::exists(home.out() / "__MACOSX"));
  CHECK(!std::filesystem::exists(home.place()));
  REQUIRE(fetched.archives.size() == 2);
  CHECK(!fetched.archives[0].hash_published);
  write_file(home.folder / "copy", home.files.at("/Flickr8k_text.zip"));
  CHECK(fetched.archives[0].sha256 == file_digest(DigestKind::kSha256, home.folder / "copy"));
  const Json record = read_json(home.out() / kFetchRecordName);
  CHECK(record["archives"][0]["sha256"] == fetched.archives[0].sha256);
  home.server.forget();
  CHECK(home.fetch("flickr8k").was_there);
  CHECK(home.server.requests().empty());
}

TEST_CASE("a folder that holds something else is refused and left alone") {
  Home home;
  make_folder(home.out());
  home.fetch("flickr8k");  // An empty folder is as good as none.
  CHECK_THROWS_AS(home.fetch("coco-captions"), FileError);
  CHECK(std::filesystem::exists(home.out() / "Flickr8k.token.txt"));
  const ScratchFolder other;
  write_file(other / "mine.txt", "x");
  CHECK_THROWS_AS(fetch_dataset(dataset_named("flickr8k"), {}, other.path(), {.mirror = home.server.address()}),
                  FileError);
  CHECK(read_file(other / "mine.txt") == "x");
}

TEST_CASE("an archive that breaks off is continued where it stopped") {
  Home home;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (is_large(request) && request.first_byte() == 0) answer.cut_after = 120000;
  };
  home.fetch("flickr8k");
  CHECK(home.server.body_bytes() ==
        home.files.at("/Flickr8k_Dataset.zip").size() + home.files.at("/Flickr8k_text.zip").size());
}

TEST_CASE("a call that failed is continued by the next and what was unpacked is not fetched again") {
  Home home;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (is_large(request)) answer.cut_after = 50000;
    if (is_large(request) && request.first_byte() > 0) answer = {.status = 503};
  };
  check_holds(home.complaint("flickr8k"), "HTTP 503 4 times");
  home.change = nullptr;
  home.server.forget();
  home.fetch("flickr8k");
  REQUIRE(home.server.requests().size() == 1);
  CHECK(home.server.requests()[0].first_byte() == 50000);
  CHECK(!home.server.requests()[0].header("if-range").empty());
}

TEST_CASE("a part of a file that has changed since begins anew") {
  Home home;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (is_large(request))
      answer = request.first_byte() == 0
                   ? ServerAnswer{.headers = answer.headers, .body = answer.body, .cut_after = 50000}
                   : ServerAnswer{.status = 500};
  };
  CHECK(!home.complaint("flickr8k").empty());
  home.change = nullptr;
  home.files["/Flickr8k_Dataset.zip"] =
      archive_bytes(ArchiveKind::kZip, {{.name = "Flicker8k_Dataset/a.jpg", .content = std::string(1000, 'n')}});
  home.fetch("flickr8k");
  CHECK(read_file(home.out() / "Flicker8k_Dataset/a.jpg") == std::string(1000, 'n'));
}

TEST_CASE("servers without an ETag or ranges or lengths are served by beginning anew") {
  Home home;
  int asked = 0;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    answer = {
        .headers = {{"Content-Length",
                     request.path == "/Flickr8k_text.zip" ? "" : std::to_string(home.files.at(request.path).size())}},
        .body = home.files.at(request.path)};
    if (is_large(request) && ++asked == 1) answer.cut_after = 1000;
  };
  home.fetch("flickr8k");
  CHECK(asked == 2);
  CHECK(std::filesystem::exists(home.out() / "Flicker8k_Dataset/a.jpg"));
}

TEST_CASE("refusals and lies of the server are one sentence and leave nothing that looks whole") {
  Home home;
  for (const int status : {404, 403, 410}) {
    home.change = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.status = status}; };
    check_holds(home.complaint("flickr8k"),
                "Flickr8k_text.zip: expected a file of that name (--mirror names another place), found 127.0.0.1 "
                "answering HTTP " +
                    std::to_string(status));
  }
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    answer = {.status = 302, .headers = {{"Location", request.path + "x"}}};
  };
  check_holds(home.complaint("flickr8k"), "without end");
  home.change = [&](const ServerRequest&, ServerAnswer& answer) {
    answer = {.status = 302, .headers = {{"Location", "file:///etc/passwd"}}};
  };
  CHECK(!home.complaint("flickr8k").empty());
  home.change = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.body = "<html>sorry</html>"}; };
  check_holds(home.complaint("flickr8k"), "a whole zip or tar.gz archive");
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (is_large(request)) answer.headers["Content-Length"] = std::to_string(answer.body.size() + 1);
  };
  check_holds(home.complaint("flickr8k"), "4 times");
  home.change = nullptr;
  home.fetch("flickr8k");
}

TEST_CASE("a truncated archive or one with names outside is refused and the next call fetches it again") {
  Home home;
  const std::string good = home.files["/Flickr8k_Dataset.zip"];
  home.files["/Flickr8k_Dataset.zip"] = good.substr(0, good.size() - 100);
  CHECK(!home.complaint("flickr8k").empty());
  home.files["/Flickr8k_Dataset.zip"] =
      archive_bytes(ArchiveKind::kZip, {{.name = "a.jpg", .content = "x"}, {.name = "../../evil", .content = "x"}});
  check_holds(home.complaint("flickr8k"), "names that stay in a folder");
  home.files["/Flickr8k_Dataset.zip"] = good;
  home.fetch("flickr8k");
}

TEST_CASE("redirects to another host are followed") {
  Home home;
  MisbehavingServer other(
      [&](const ServerRequest& request) { return ServerAnswer{.body = home.files.at(request.path)}; });
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    answer = {.status = 302, .headers = {{"Location", other.address() + request.path}}};
  };
  home.fetch("flickr8k");
  CHECK(other.requests().size() == 2);
}

TEST_CASE("a published hash is checked") {
  Home home;
  check_holds(home.complaint("cifar10"),
              "expected the file with the published MD5 c32a1d4ab5d03f1284b67883e8d87530, found one with MD5 ");
  KnownDataset dataset = dataset_named("cifar10");
  write_file(home.folder / "copy", home.files.at("/cifar-10-binary.tar.gz"));
  dataset.archives[0].md5 = file_digest(DigestKind::kMd5, home.folder / "copy");
  const FetchedDataset fetched = home.fetch(dataset, {});
  CHECK(fetched.archives.at(0).hash_published);
  CHECK(read_file(home.out() / "cifar-10-batches-bin/test_batch.bin") == "bytes");
}

TEST_CASE("whole COCO keeps the captions of the part that was asked for") {
  Home home;
  home.fetch("coco-captions");
  CHECK(std::filesystem::exists(home.out() / "annotations/captions_val2017.json"));
  CHECK(!std::filesystem::exists(home.out() / "annotations/captions_train2017.json"));
  CHECK(!std::filesystem::exists(home.out() / "annotations/instances_val2017.json"));
  CHECK(read_file(home.out() / "val2017" / picture_name(0)) == picture_bytes(0));
}

TEST_CASE("a part of COCO comes picture by picture and an interrupted call goes on") {
  Home home;
  int allowed = 6;
  std::mutex mutex;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    const std::lock_guard lock(mutex);
    if (request.path.starts_with("/val2017/") && --allowed < 0) answer = {.status = 403};
  };
  check_holds(home.complaint("coco-captions", {.limit = 12, .seed = 1}), "HTTP 403");
  home.change = nullptr;
  home.server.forget();
  const FetchedDataset fetched = home.fetch("coco-captions", {.limit = 12, .seed = 1});
  CHECK(fetched.pictures == 12);
  CHECK(home.server.requests().size() == 6);
  const Json captions = read_json(home.out() / "annotations/captions_val2017.json");
  REQUIRE(captions["images"].size() == 12);
  CHECK(captions["annotations"].size() == 12);
  for (const Json& image : captions["images"]) {
    CHECK(read_file(home.out() / "val2017" / image["file_name"].get<std::string>()) ==
          picture_bytes(image["id"].get<int>()));
  }
  CHECK(home.fetch("coco-captions", {.limit = 12, .seed = 1}).was_there);
  CHECK_THROWS_AS(home.fetch("coco-captions", {.limit = 12, .seed = 2}), FileError);
}

TEST_CASE("something else than a picture is refused though the server says it is fine") {
  Home home;
  home.change = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.starts_with("/val2017/")) answer = {.body = "<html>"};
  };
  check_holds(home.complaint("coco-captions", {.limit = 3}), "expected a JPEG picture");
}

TEST_CASE("what a data set does not offer is the caller's mistake") {
  const Home home;
  CHECK_THROWS_AS(home.fetch("flickr8k", {.limit = 5}), c10::ValueError);
  CHECK_THROWS_AS(home.fetch("cifar10", {.variant = "matlab"}), c10::ValueError);
  CHECK_THROWS_AS(home.fetch("flickr8k", {.variant = "val"}), c10::ValueError);
  CHECK(home.server.requests().empty());
}

TEST_CASE("two calls into one place are not both served") {
  Home home;
  {
    const OutputLock lock(home.out());
    CHECK_THROWS_WITH_AS(home.fetch("flickr8k"), doctest::Contains("nothing else is writing to"), FileError);
    CHECK(!std::filesystem::exists(home.place()));
  }
  home.fetch("flickr8k");
  CHECK(std::distance(std::filesystem::directory_iterator(home.folder.path()), {}) ==
        1);  // neither lock nor work is left
}
