# Made by scripts/check_layers.py --write from the graph in it; 'make test' fails when this is stale.
# TANDEM_LAYERS: the folders of tandem/ from the lowest to the highest.
# tandem_links_NAME: what NAME builds on.
set(TANDEM_LAYERS
  base
  storage
  images
  parsing
  data
  readers
  writers
  curation
  tokenizers
  nn
  encoders
  features
  heads
  closed_form
  losses
  retrieval
  index
  distributed
  analysis
  audit
  maps
  figures
  training
  sweep
  model
  finetuning
  evaluation
  reports
  fit
  fetching/http
  fetching/hub
  fetching/datasets
)
set(tandem_links_base)
set(tandem_links_storage tandem_base)
set(tandem_links_images tandem_storage)
set(tandem_links_parsing tandem_storage)
set(tandem_links_data tandem_images tandem_parsing)
set(tandem_links_readers tandem_data)
set(tandem_links_writers tandem_data)
set(tandem_links_curation tandem_data)
set(tandem_links_tokenizers tandem_storage)
set(tandem_links_nn tandem_storage)
set(tandem_links_encoders tandem_images tandem_tokenizers tandem_nn)
set(tandem_links_features tandem_data tandem_encoders)
set(tandem_links_heads tandem_base)
set(tandem_links_closed_form tandem_heads)
set(tandem_links_losses tandem_base)
set(tandem_links_retrieval tandem_base)
set(tandem_links_index tandem_retrieval)
set(tandem_links_distributed tandem_base)
set(tandem_links_analysis tandem_base)
set(tandem_links_audit tandem_analysis)
set(tandem_links_maps tandem_base)
set(tandem_links_figures tandem_images tandem_maps)
set(tandem_links_training tandem_features tandem_heads tandem_losses)
set(tandem_links_sweep tandem_training tandem_retrieval)
set(tandem_links_model tandem_training tandem_closed_form tandem_retrieval)
set(tandem_links_finetuning tandem_model)
set(tandem_links_evaluation tandem_model tandem_audit tandem_maps tandem_curation tandem_readers tandem_sweep)
set(tandem_links_reports tandem_evaluation tandem_figures tandem_sweep tandem_finetuning)
set(tandem_links_fit tandem_reports)
set(tandem_links_fetching_http tandem_storage)
set(tandem_links_fetching_hub tandem_fetching_http)
set(tandem_links_fetching_datasets tandem_fetching_http)
set(tandem_links_program tandem_training tandem_distributed tandem_readers tandem_evaluation tandem_fetching_hub tandem_reports tandem_fit tandem_writers tandem_fetching_datasets)
