#include "tandem/fetching/datasets/known_datasets.h"

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr const char* kCifarTerms =
    "The authors state no licence; they ask to cite A. Krizhevsky, Learning Multiple Layers of Features from Tiny "
    "Images, 2009 "
    "(https://www.cs.toronto.edu/~kriz/cifar.html). The pictures were collected from the web.";

std::vector<KnownDataset> make_datasets() {
  const std::string kriz = "https://www.cs.toronto.edu/~kriz";
  return {
      {.name = "flickr8k",
       .home = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k",
       .terms = "For non-commercial research and education only; the photographers keep their rights and the pictures "
                "must not be "
                "passed on. Cite M. Hodosh, P. Young, J. Hockenmaier, Framing Image Description as a Ranking Task, "
                "JAIR 47, 2013. Its "
                "authors gave it out by a form that asked for agreement; this is a copy that others host.",
       .asks_consent = true,
       .archives = {{.path = "Flickr8k_text.zip", .size_megabytes = 2},
                    {.path = "Flickr8k_Dataset.zip", .size_megabytes = 1115}},
       .spec = "flickr8k"},
      {.name = "coco-captions",
       .home = "http://images.cocodataset.org",
       .terms = "The annotations are under CC BY 4.0 (the COCO Consortium, https://cocodataset.org/#termsofuse); the "
                "pictures are "
                "Flickr users' and under Flickr's terms of use. Cite X. Chen et al., Microsoft COCO Captions, "
                "arXiv:1504.00325, 2015, "
                "and T.-Y. Lin et al., Microsoft COCO, ECCV 2014.",
       .variants = {"val", "train", "both"},
       .archives = {{.path = "annotations/annotations_trainval2017.zip",
                     .size_megabytes = 253,
                     .keep = {"annotations/captions_"}},
                    {.path = "zips/val2017.zip", .variant = "val", .size_megabytes = 816, .pictures = true},
                    {.path = "zips/train2017.zip", .variant = "train", .size_megabytes = 19337, .pictures = true}},
       .spec = "coco"},
      {.name = "cifar10",
       .home = kriz,
       .terms = kCifarTerms,
       .variants = {"binary", "python"},
       .archives = {{.path = "cifar-10-binary.tar.gz",
                     .variant = "binary",
                     .size_megabytes = 170,
                     .md5 = "c32a1d4ab5d03f1284b67883e8d87530"},
                    {.path = "cifar-10-python.tar.gz",
                     .variant = "python",
                     .size_megabytes = 170,
                     .md5 = "c58f30108f718f92721af3b95e74349a"}},
       .spec = "cifar10"},
      {.name = "cifar100",
       .home = kriz,
       .terms = kCifarTerms,
       .variants = {"binary", "python"},
       .archives = {{.path = "cifar-100-binary.tar.gz",
                     .variant = "binary",
                     .size_megabytes = 169,
                     .md5 = "03b5dce01913d631647c71ecec9e9cb8"},
                    {.path = "cifar-100-python.tar.gz",
                     .variant = "python",
                     .size_megabytes = 169,
                     .md5 = "eb9058c3a382ffc7106e4002c42a8d85"}},
       .spec = "cifar100"},
  };
}

}  // namespace

const std::vector<KnownDataset>& known_datasets() {
  static const std::vector<KnownDataset> datasets = make_datasets();
  return datasets;
}

const KnownDataset& dataset_named(std::string_view name) {
  std::string names;
  for (const KnownDataset& dataset : known_datasets()) {
    if (dataset.name == name) return dataset;
    names += (names.empty() ? "" : ", ") + dataset.name;
  }
  throw FileError(std::string(name), "hf:ORG/NAME or one of the data sets " + names, "neither");
}

}  // namespace tandem
