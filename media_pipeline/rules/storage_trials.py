"""What is tried on a storage, why, and what to do where it does not work: in Chinese first, in English second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrialText:
    """What a trial is called and what to do when it fails; without ``is_needed`` the site works all the same."""

    label: tuple[str, str]
    advice: tuple[str, str]
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a trial went; ``detail`` is a figure, or the service's own words."""

    code: str
    passed: bool
    detail: str = ""


_RIGHTS = (
    "给密钥补上该权限（见运维文档“存储”一节的最小权限）",
    "Give the keys this right (see the policy in the operator's manual, chapter on storage)",
)
TRIALS: dict[str, TrialText] = {
    "bucket": TrialText(
        ("存储桶可以访问", "The bucket answers"),
        (
            "检查 XUESHI_MEDIA_URL 的桶名、endpoint、region、addressing，以及两个 AWS_… 密钥",
            "Check bucket, endpoint, region and addressing in XUESHI_MEDIA_URL, and both AWS_… keys",
        ),
    ),
    "put": TrialText(("写入对象", "Put an object"), _RIGHTS),
    "head": TrialText(("读取大小、类型与缓存头", "Head: size, type and cache header are kept"), _RIGHTS),
    "get": TrialText(("读取对象", "Get an object"), _RIGHTS),
    "range": TrialText(
        ("按范围读取", "Get a range"),
        (
            "该服务不支持 Range，无法续传与拖动，请换用其他服务",
            "Without ranges nothing resumes or seeks: use another service",
        ),
    ),
    "presigned_get": TrialText(
        ("预签名读取", "Presigned GET"),
        (
            "浏览器用的地址须能访问且与签名的主机名一致：设置 public_endpoint，代理须原样转发 Host",
            "Browsers' address must be reachable under the signed name: set public_endpoint; a proxy passes Host on",
        ),
    ),
    "anonymous": TrialText(
        ("拒绝匿名读取", "Anonymous reading is refused"),
        (
            "桶是公开的！请立即关闭公共读（ACL 与桶策略）",
            "The bucket is public! Take away public reading (ACL, policy) at once",
        ),
    ),
    "multipart": TrialText(
        ("分块上传（创建、签名、列出、完成、取消）", "Multipart: create, sign, list, complete, abort"),
        _RIGHTS,
    ),
    "list": TrialText(("分页列出", "List in pages"), _RIGHTS),
    "delete": TrialText(("批量删除", "Delete in batches"), _RIGHTS),
    "cors": TrialText(
        ("浏览器跨域（CORS）", "Cross-origin requests of browsers (CORS)"),
        ("运行 manage.py set_storage_cors", "Run manage.py set_storage_cors"),
    ),
    "clock": TrialText(
        ("时钟误差", "Clocks agree"),
        ("误差过大时签名会被拒绝：请用 NTP 校时", "Signatures are refused when clocks differ: use NTP"),
    ),
    "conditional": TrialText(
        ("条件写入（不覆盖已有对象）", "Conditional put"),
        (
            "服务不支持 If-None-Match；每次转码写入各自的目录，仍然安全",
            "No If-None-Match here; each run writes to a folder of its own, so it is safe all the same",
        ),
        is_needed=False,
    ),
    "part_checksum": TrialText(
        ("分块校验头", "Checksum header on a part"),
        ("服务不核对校验和；系统在上传完成后自行核对", "The service does not check; the site compares by itself"),
        is_needed=False,
    ),
    "copy": TrialText(("服务端复制", "Copy within the service"), _RIGHTS, is_needed=False),
    "lifecycle": TrialText(
        ("自动清理未完成的分块上传", "Unfinished uploads are cleared away"),
        (
            "运行 manage.py set_storage_cors，或在控制台添加“7 天后取消未完成的分块上传”；系统自身也会清扫",
            "Run manage.py set_storage_cors, or add the rule in the console; the site sweeps its own as well",
        ),
        is_needed=False,
    ),
    "folder": TrialText(
        ("文件夹可写", "The folder can be written"),
        ("检查 XUESHI_MEDIA_URL 指向的文件夹及其所有者、只读挂载", "Check the folder, its owner and read-only mounts"),
    ),
    "rename": TrialText(
        ("与工作目录在同一文件系统", "On one file system with the work folder"),
        (
            "不在同一文件系统：成品须再复制一遍，会慢一些、多占空间",
            "On two file systems finished work is copied once more: slower, and more space is taken",
        ),
        is_needed=False,
    ),
    "space": TrialText(
        ("可用空间", "Free space"),
        ("空间不足：转码约需源文件三倍的空间", "Too little: transcoding takes about three times the source"),
    ),
    "private": TrialText(
        ("其他用户不能读取", "Other users cannot read"),
        ("请执行 chmod o-rwx 文件夹", "Run chmod o-rwx on the folder"),
        is_needed=False,
    ),
}


def is_sound(results: list[TrialResult]) -> bool:
    """Whether all went well that is needed; no result at all is not sound."""
    return bool(results) and all(result.passed for result in results if TRIALS[result.code].is_needed)
