"""The compose file and the image, brought up for real with podman."""
