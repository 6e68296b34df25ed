#include <doctest/doctest.h>

#include "apps/program.h"
#include "fetching/datasets/made_archive.h"
#include "fetching/http/misbehaving_server.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// A mirror with a tiny Flickr8k.
struct Mirror {
  std::string text = archive_bytes(ArchiveKind::kZip, {{.name = "Flickr8k.token.txt", .content = "a.jpg#0\ta dog\n"}});
  std::string pictures =
      archive_bytes(ArchiveKind::kZip, {{.name = "Flicker8k_Dataset/a.jpg", .content = "no picture"}});
  MisbehavingServer server{[this](const ServerRequest& request) {
    if (request.path == "/m/Flickr8k_text.zip") return ServerAnswer{.body = text};
    if (request.path == "/m/Flickr8k_Dataset.zip") return ServerAnswer{.body = pictures};
    return ServerAnswer{.status = 404};
  }};
  std::string address() const { return server.address() + "/m/"; }
};

}  // namespace

TEST_CASE("fetch shows a data set's terms and wants consent where its owners do" * doctest::test_suite("slow")) {
  const Mirror mirror;
  const ScratchFolder out;
  const std::string folder = out / "flickr8k";
  refused({"fetch", "flickr8k", "--mirror", mirror.address(), "--out", folder},
          {"consent to the terms of use (--yes gives it)"});
  CHECK(mirror.server.requests().empty());
  const Outcome outcome = tandem_program({"fetch", "flickr8k", "--mirror", mirror.address(), "--out", folder, "--yes"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == folder + "\n");
  CHECK(outcome.err.find("non-commercial") != std::string::npos);
  CHECK(outcome.err.find("no published hash; SHA-256 of what came: ") != std::string::npos);
  const Json again = Json::parse(successful({"fetch", "flickr8k", "--out", folder, "--json"}));
  CHECK(again["datasets"][0]["was_there"] == true);
  CHECK(mirror.server.requests().size() == 2);
}

TEST_CASE("the mirror may come from the environment" * doctest::test_suite("slow")) {
  const Mirror mirror;
  const ScratchFolder out;
  ::setenv("TANDEM_MIRROR", mirror.address().c_str(), 1);
  successful({"fetch", "flickr8k", "--yes", "--out", out / "f"});
  refused({"fetch", "cifar10", "--out", out / "c"}, {"cifar-10-binary.tar.gz", "HTTP 404"});
  ::setenv("TANDEM_MIRROR", "ftp://x", 1);
  refused({"fetch", "cifar10", "--out", out / "c"}, {"TANDEM_MIRROR"});
  ::unsetenv("TANDEM_MIRROR");
}

TEST_CASE("fetch lists what it knows and refuses what it does not" * doctest::test_suite("slow")) {
  const std::string list = successful({"fetch", "--list"});
  for (const char* part : {"flickr8k", "coco-captions", "cifar100", "c58f30108f718f92721af3b95e74349a",
                           "no published hash", "CC BY 4.0"}) {
    CHECK_MESSAGE(list.find(part) != std::string::npos, part);
  }
  CHECK(Json::parse(successful({"fetch", "--list", "--json"}))["datasets"].size() == 4);
  refused({"fetch"}, {"a name or --list"});
  refused({"fetch", "imagenet"}, {"imagenet", "hf:ORG/NAME", "coco-captions"});
  refused({"fetch", "flickr8k", "--limit", "5"}, {"--limit"});
  refused({"fetch", "cifar10", "cifar100", "--out", "x"}, {"--out"});
}
