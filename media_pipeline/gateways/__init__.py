"""Walls around ffmpeg, ffprobe, Pillow and the private storage."""
