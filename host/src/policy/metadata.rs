//! The metadata services of clouds, which hand credentials to a machine or a container. Their addresses stay closed unless a rule
//! names one literally.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Whether a folded address is one of a metadata service. What is carried inside of it is not looked at.
pub(super) fn is_listed(address: IpAddr) -> bool {
    METADATA.iter().any(|(network, ..)| network.contains(&address))
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), 32))
}

/// An address that has nothing between its first three and its last two segments.
const fn v6(first: [u16; 3], last: [u16; 2]) -> IpNet {
    let ([a, b, c], [g, h]) = (first, last);
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, g, h), 128))
}

/// The addresses, whose they are, and where to read of it: the operator's document, else code that uses the address.
const METADATA: &[(IpNet, &str, &str)] = &[
    (
        v4(169, 254, 169, 254),
        "Amazon EC2, Azure, Google, DigitalOcean, Oracle, OpenStack, Hetzner, IBM, Akamai, Scaleway, Vultr and others",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    ),
    (
        // Amazon's own services have this network to themselves: ::254 is the metadata service, ::23 EKS pod identities.
        IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), 32)),
        "Amazon EC2 and EKS over IPv6",
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
    ),
    (
        v4(169, 254, 170, 2),
        "Amazon ECS task roles",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    ),
    (
        v4(169, 254, 170, 23),
        "Amazon EKS pod identities",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
    ),
    (
        v6([0xfd20, 0xce, 0], [0, 0x254]),
        "Google Compute Engine over IPv6",
        "https://cloud.google.com/compute/docs/metadata/querying-metadata",
    ),
    (
        // The node sends on to it what a pod sends to 169.254.169.254.
        v4(169, 254, 169, 252),
        "Google Kubernetes Engine's metadata server",
        "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
    ),
    (
        v6([0xfe80, 0, 0], [0xa9fe, 0xa9fe]),
        "OpenStack Neutron over IPv6, Akamai",
        "https://docs.openstack.org/nova/latest/admin/metadata-service.html",
    ),
    (
        v4(168, 63, 129, 16),
        "Azure's wire server",
        "https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16",
    ),
    (
        v6([0xfd00, 0xc1, 0], [0xa9fe, 0xa9fe]),
        "Oracle Cloud over IPv6",
        "oracle/oci-python-sdk: src/oci/auth/signers/instance_principals_security_token_signer.py",
    ),
    (v4(192, 0, 0, 192), "Oracle Cloud Classic", "Oracle Cloud Compute Classic, retired: Using Compute Classic"),
    (
        v6([0xfd00, 0xa9fe, 0xa9fe], [0, 1]),
        "Akamai (Linode) over IPv6",
        "https://docs.cloud-init.io/en/latest/reference/datasources/akamai.html",
    ),
    (v4(100, 100, 100, 200), "Alibaba Cloud", "https://docs.cloud-init.io/en/latest/reference/datasources/aliyun.html"),
    (
        v6([0xfd00, 0x100, 0], [0x100, 0x200]),
        "Alibaba Cloud over IPv6",
        "canonical/cloud-init: tests/unittests/sources/test_aliyun.py",
    ),
    (v4(169, 254, 0, 23), "Tencent Cloud", "https://www.tencentcloud.com/document/product/213/4934"),
    (v4(100, 96, 0, 96), "Volcano Engine, BytePlus", "https://docs.byteplus.com/en/docs/ecs/Viewing-instance-metadata"),
    (v4(169, 254, 42, 42), "Scaleway", "canonical/cloud-init: cloudinit/sources/DataSourceScaleway.py"),
    (
        v6([0xfd00, 0x42, 0], [0, 0x42]),
        "Scaleway over IPv6",
        "canonical/cloud-init: cloudinit/sources/DataSourceScaleway.py",
    ),
    (
        v4(169, 254, 16, 9),
        "OpenNebula's OneGate, by its transparent proxy",
        "OpenNebula/docs: Transparent Proxies, ONEGATE_ENDPOINT",
    ),
    (v4(169, 254, 169, 250), "Rancher 1", "rancher/container-crontab: main.go, MetadataURL"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A second list, written by hand: a slip in one of the two shows. Who changes the table changes both.
    const KNOWN: &[&str] = &[
        "100.96.0.96/32",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "169.254.0.23/32",
        "169.254.16.9/32",
        "169.254.42.42/32",
        "169.254.169.250/32",
        "169.254.169.252/32",
        "169.254.169.254/32",
        "169.254.170.2/32",
        "169.254.170.23/32",
        "192.0.0.192/32",
        "fd00:42::42/128",
        "fd00:c1::a9fe:a9fe/128",
        "fd00:100::100:200/128",
        "fd00:ec2::/32",
        "fd00:a9fe:a9fe::1/128",
        "fd20:ce::254/128",
        "fe80::a9fe:a9fe/128",
    ];

    #[test]
    fn the_table_is_what_is_known() {
        let mut table: Vec<_> = METADATA.iter().map(|(network, ..)| *network).collect();
        table.sort();
        let mut known: Vec<IpNet> = KNOWN.iter().map(|text| text.parse().unwrap()).collect();
        known.sort();
        assert_eq!(table, known);
    }

    #[test]
    fn every_entry_says_whose_it_is_and_where_to_read_of_it() {
        for (network, operator, source) in METADATA {
            assert!(!operator.is_empty() && (source.starts_with("https://") || source.contains(':')), "{network}");
        }
    }

    #[test]
    fn the_addresses_beside_them_are_none() {
        for text in [
            "100.96.0.97",
            "100.100.100.201",
            "168.63.129.17",
            "169.254.169.253",
            "169.254.169.255",
            "192.0.0.191",
            "fd00:42::43",
            "fd00:c1::a9fe:a9ff",
            "fd00:100::100:201",
            "fd00:ec1:ffff:ffff:ffff:ffff:ffff:ffff",
            "fd00:ec3::",
            "fd00:a9fe:a9fe::2",
            "fd20:ce::255",
            "fe80::a9fe:a9ff",
        ] {
            assert!(!is_listed(text.parse().unwrap()), "{text}");
        }
        assert!(is_listed("fd00:ec2::23".parse().unwrap()) && is_listed("fd00:ec2:ffff::1".parse().unwrap()));
    }
}
