"""What tests share: models, logs, servers, and independent truth."""
