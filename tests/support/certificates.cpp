// Makes certificates with OpenSSL.

#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace FineTuning::test {
namespace {

void require(bool success) {
  if (!success) throw std::runtime_error("OpenSSL could not make a certificate for a test.");
}

void add_extension(X509* certificate, int id, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, Identity::Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// An identity whose certificate is not signed yet.
Identity make_identity(const char* name, const CertificateFacts& facts) {
  static long serial = 0;
  Identity identity;
  identity.key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  identity.certificate.reset(X509_new());
  X509* certificate = identity.certificate.get();
  require(identity.key && certificate != nullptr);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>(name);
  require(X509_set_version(certificate, X509_VERSION_3) == 1 &&
          ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial) == 1 &&
          X509_gmtime_adj(X509_getm_notBefore(certificate), facts.begins.count()) != nullptr &&
          X509_gmtime_adj(X509_getm_notAfter(certificate), facts.ends.count()) != nullptr &&
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
          X509_set_pubkey(certificate, identity.key.get()) == 1);
  return identity;
}

void sign(const Identity& identity, const Identity& issuer) {
  X509* certificate = identity.certificate.get();
  require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get())) == 1 &&
          X509_sign(certificate, issuer.key.get(), EVP_sha256()) > 0);
}

}  // namespace

Identity make_authority(const char* name) {
  Identity authority = make_identity(name, {});
  add_extension(authority.certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority.certificate.get(), NID_key_usage, "critical,keyCertSign");
  sign(authority, authority);
  return authority;
}

Identity issue(const Identity& authority, const CertificateFacts& facts) {
  Identity identity = make_identity("Server of a test", facts);
  add_extension(identity.certificate.get(), NID_subject_alt_name, facts.names);
  sign(identity, authority);
  return identity;
}

Identity self_signed(const CertificateFacts& facts) {
  Identity identity = make_identity("Server of a test", facts);
  add_extension(identity.certificate.get(), NID_subject_alt_name, facts.names);
  sign(identity, identity);
  return identity;
}

std::string to_pem(const Identity& identity) {
  const std::unique_ptr<BIO, Identity::Free<BIO_free_all>> text(BIO_new(BIO_s_mem()));
  require(text && PEM_write_bio_X509(text.get(), identity.certificate.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace FineTuning::test
